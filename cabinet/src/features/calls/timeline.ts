import type { CallDetailFieldsFragment } from '@/graphql/generated/graphql';

type Leg = CallDetailFieldsFragment['legs'][number];

/** The parts of a call that its picture is drawn of. */
export type TimelineCall = Pick<
  CallDetailFieldsFragment,
  'startedAt' | 'endedAt' | 'legs' | 'transfers' | 'pressed' | 'steps'
>;

/** What a party did for a while. */
export interface Span {
  kind: 'dialing' | 'ringing' | 'talking' | 'held';
  /** Beginning and length in per cent of the whole. */
  left: number;
  width: number;
  /** Beginning and length in milliseconds from the call's. */
  from: number;
  length: number;
}

/** One party's line in the picture. */
export interface Lane {
  leg: Leg;
  spans: Span[];
}

/** Something that happened at an instant. */
export interface Happening {
  at: string;
  kind:
    | 'started'
    | 'step'
    | 'exit'
    | 'rang'
    | 'answered'
    | 'held'
    | 'resumed'
    | 'legEnded'
    | 'transfer'
    | 'digits'
    | 'finished';
  leg?: Leg;
  step?: CallDetailFieldsFragment['steps'][number];
  transfer?: CallDetailFieldsFragment['transfers'][number];
  digits?: string;
}

/** The lines of all parties; `now` stands for the end of what still lasts. */
export function lanesOf(call: TimelineCall, now: Date): Lane[] {
  const begin = Date.parse(call.startedAt);
  const end = Math.max(call.endedAt ? Date.parse(call.endedAt) : now.getTime(), begin + 1);
  const span = (kind: Span['kind'], from: number, to: number): Span[] => {
    const [first, last] = [clamp(from, begin, end), clamp(to, begin, end)];
    if (last <= first) {
      return [];
    }
    return [
      {
        kind,
        left: ((first - begin) / (end - begin)) * 100,
        width: ((last - first) / (end - begin)) * 100,
        from: first - begin,
        length: last - first,
      },
    ];
  };
  return call.legs.map((leg) => {
    const [started, rang, answered] = [leg.startedAt, leg.rangAt, leg.answeredAt].map(time);
    const ended = time(leg.endedAt) ?? end;
    return {
      leg,
      spans: [
        ...(started === undefined ? [] : span('dialing', started, rang ?? answered ?? ended)),
        ...(rang === undefined ? [] : span('ringing', rang, answered ?? ended)),
        ...(answered === undefined ? [] : talking(leg, answered, ended, span)),
      ],
    };
  });
}

/** Talk and hold in turns. */
function talking(
  leg: Leg,
  answered: number,
  ended: number,
  span: (kind: Span['kind'], from: number, to: number) => Span[],
): Span[] {
  const spans: Span[] = [];
  let from = answered;
  for (const hold of leg.holds) {
    const [begin, end] = [Date.parse(hold.from), time(hold.to) ?? ended];
    spans.push(...span('talking', from, begin), ...span('held', begin, end));
    from = end;
  }
  return [...spans, ...span('talking', from, ended)];
}

/** Everything that happened, in order; what happened at once stays in the order of a call's course. */
export function happeningsOf(call: TimelineCall): Happening[] {
  const all: Happening[] = [{ at: call.startedAt, kind: 'started' }];
  const add = (at: string | null | undefined, rest: Omit<Happening, 'at'>) => {
    if (at) {
      all.push({ at, ...rest });
    }
  };
  for (const step of call.steps) {
    add(step.startedAt, { kind: 'step', step });
    if (step.exit !== '') {
      add(step.exitedAt, { kind: 'exit', step });
    }
  }
  for (const leg of call.legs) {
    // The caller rings nobody's phone of ours and has answered from the beginning.
    if (leg.rangAt) add(leg.rangAt, { kind: 'rang', leg });
    if (leg.rangAt) add(leg.answeredAt, { kind: 'answered', leg });
    for (const hold of leg.holds) {
      add(hold.from, { kind: 'held', leg });
      add(hold.to, { kind: 'resumed', leg });
    }
    add(leg.endedAt, { kind: 'legEnded', leg });
  }
  for (const transfer of call.transfers) {
    add(transfer.at, { kind: 'transfer', transfer });
  }
  for (const { at, digits } of call.pressed) {
    add(at, { kind: 'digits', digits });
  }
  add(call.endedAt, { kind: 'finished' });
  return all
    .map((happening, index) => ({ happening, index, at: Date.parse(happening.at) }))
    .sort((a, b) => a.at - b.at || rank(a.happening) - rank(b.happening) || a.index - b.index)
    .map(({ happening }) => happening);
}

function rank({ kind }: Happening): number {
  return kind === 'started' ? 0 : kind === 'finished' ? 2 : 1;
}

function time(at: string | null | undefined): number | undefined {
  return at ? Date.parse(at) : undefined;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
