import type { ReportPathsQuery } from '@/graphql/generated/graphql';
import type { FlowEdge, FlowNode } from './charts/options';

/** Links between the steps of paths. */
export type FlowLinks = ReportPathsQuery['reportPaths']['flow'];

/** Keys of steps that are no channels: the end, everything after the last step drawn, what is too rare to be drawn by itself. */
export const flowWords = {
  deal: 'deal',
  '(deal)': 'deal',
  '(rest)': 'rest',
  '(other)': 'other',
} as const satisfies Record<string, 'deal' | 'rest' | 'other'>;

/** What a key stands for when it is no channel. */
export function flowWordOf(key: string): 'deal' | 'rest' | 'other' | undefined {
  return key in flowWords ? flowWords[key as keyof typeof flowWords] : undefined;
}

/** Places and bands of a flow diagram: a channel is a place of its own at every step, the deal is one place at the end. */
export function flowOf(links: FlowLinks, wordOf: (key: string, label: string) => string) {
  const nodes = new Map<string, FlowNode>();
  const edges: FlowEdge[] = [];
  const last = Math.max(0, ...links.map(({ step }) => step));
  const place = (step: number, key: string, label: string) => {
    const isEnd = flowWordOf(key) === 'deal';
    const id = isEnd ? 'deal' : `${step}:${key}`;
    if (!nodes.has(id)) {
      nodes.set(id, { id, label: wordOf(key, label), depth: isEnd ? last : step - 1 });
    }
    return id;
  };
  for (const { step, from, fromLabel, to, toLabel, deals } of links) {
    edges.push({ from: place(step, from, fromLabel), to: place(step + 1, to, toLabel), value: deals });
  }
  return { nodes: [...nodes.values()], edges };
}
