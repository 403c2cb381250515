/** A way from channel to channel and how often it ended in a deal or not. */
export interface ChannelPath {
  channels: string[];
  deals: number;
  lost?: number;
}

/** The example of the Markov model. */
export const markovExample: ChannelPath[] = [
  { channels: ['A', 'B', 'C'], deals: 1 },
  { channels: ['A'], deals: 0, lost: 1 },
  { channels: ['B', 'C'], deals: 0, lost: 1 },
];

/** The example of the Shapley value. */
export const shapleyExample: ChannelPath[] = [
  { channels: ['A'], deals: 20 },
  { channels: ['B'], deals: 10 },
  { channels: ['C'], deals: 17 },
  { channels: ['A', 'B'], deals: 17 },
  { channels: ['A', 'C'], deals: 30 },
  { channels: ['A', 'B', 'C'], deals: 6 },
];

/** Parts of all deals by channel: each deal evenly among the different channels of its path. */
export function shapleyShares(paths: ChannelPath[]): Map<string, number> {
  const shares = new Map(channelsOf(paths).map((channel) => [channel, 0]));
  const total = paths.reduce((sum, { deals }) => sum + deals, 0);
  for (const { channels, deals } of paths) {
    const different = new Set(channels);
    for (const channel of different) {
      shares.set(channel, (shares.get(channel) ?? 0) + deals / different.size / total);
    }
  }
  return shares;
}

/** Parts of all deals by channel: in proportion to what would be lost without it. */
export function markovShares(paths: ChannelPath[]): Map<string, number> {
  const channels = channelsOf(paths);
  const whole = conversion(paths, channels);
  const effects = channels.map((channel) => 1 - conversion(paths, channels, channel) / whole);
  const sum = effects.reduce((a, b) => a + b, 0);
  return new Map(channels.map((channel, i) => [channel, (effects[i] ?? 0) / sum]));
}

function channelsOf(paths: ChannelPath[]): string[] {
  return [...new Set(paths.flatMap(({ channels }) => channels))].sort();
}

/** The probability that a walk from the start ends in a deal; whoever comes to the removed channel goes away. */
function conversion(paths: ChannelPath[], channels: string[], removed?: string): number {
  const states = ['', ...channels];
  const n = states.length;
  const steps = states.map(() => new Array<number>(n + 2).fill(0));
  for (const { channels: path, deals, lost = 0 } of paths) {
    const walk = [0, ...path.filter((channel, i) => channel !== path[i - 1]).map((c) => states.indexOf(c))];
    walk.forEach((from, i) => {
      const row = steps[from] ?? [];
      const to = walk[i + 1];
      if (to === undefined) {
        row[n] = (row[n] ?? 0) + deals;
        row[n + 1] = (row[n + 1] ?? 0) + lost;
      } else {
        row[to] = (row[to] ?? 0) + deals + lost;
      }
    });
  }
  // (I − Q) x = r, where r is the chance to go straight to a deal.
  const gone = removed === undefined ? -1 : states.indexOf(removed);
  const matrix = steps.map((row, i) => {
    const all = row.reduce((a, b) => a + b, 0) || 1;
    const line = states.map((_, j) => (i === j ? 1 : 0) - (j === gone ? 0 : (row[j] ?? 0) / all));
    return [...line, (row[n] ?? 0) / all];
  });
  return solve(matrix)[0] ?? 0;
}

/** Solves a small system given as rows with the right side last. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(at(i, k)) > Math.abs(at(best, k))) best = i;
    }
    [rows[k], rows[best]] = [rows[best] ?? [], rows[k] ?? []];
    for (let i = 0; i < n; i++) {
      const factor = i === k ? 0 : at(i, k) / at(k, k);
      rows[i] = (rows[i] ?? []).map((value, j) => value - factor * at(k, j));
    }
  }
  return rows.map((row, k) => (row[n] ?? 0) / at(k, k));
}
