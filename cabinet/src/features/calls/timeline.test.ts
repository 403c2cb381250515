import { expect, test } from 'vitest';
import { happeningsOf, lanesOf, type TimelineCall } from './timeline';

const at = (second: number) => new Date(Date.UTC(2026, 2, 14, 12, 0, second)).toISOString();
const leg = (id: string, times: object) => ({
  id,
  role: 'EMPLOYEE' as const,
  employee: null,
  extension: '',
  number: '',
  via: '',
  state: 'ENDED' as const,
  startedAt: null,
  rangAt: null,
  answeredAt: null,
  endedAt: null,
  reason: '',
  endedBy: '',
  sipCode: 0,
  holds: [],
  ...times,
});
const call = (parts: Partial<TimelineCall>): TimelineCall => ({
  startedAt: at(0),
  endedAt: at(100),
  legs: [],
  transfers: [],
  pressed: [],
  steps: [],
  ...parts,
});

test('a leg is dialled, rings, talks, is held and talks again', () => {
  const times = {
    startedAt: at(0),
    rangAt: at(10),
    answeredAt: at(20),
    endedAt: at(100),
    holds: [{ from: at(50), to: at(60) }],
  };
  const [lane] = lanesOf(call({ legs: [leg('a', times)] }), new Date(at(500)));
  expect(lane?.spans.map(({ kind, left, width }) => [kind, left, width])).toEqual([
    ['dialing', 0, 10],
    ['ringing', 10, 10],
    ['talking', 20, 30],
    ['held', 50, 10],
    ['talking', 60, 40],
  ]);
});

test('what still lasts ends now; times outside the call are cut off', () => {
  const times = { rangAt: at(-10), answeredAt: at(50), holds: [{ from: at(90), to: null }] };
  const [lane] = lanesOf(call({ endedAt: null, legs: [leg('a', times)] }), new Date(at(100)));
  expect(lane?.spans.map(({ kind, left, width }) => [kind, left, width])).toEqual([
    ['ringing', 0, 50],
    ['talking', 50, 40],
    ['held', 90, 10],
  ]);
});

test('a call without length has lines of finite width', () => {
  const lanes = lanesOf(
    call({ endedAt: at(0), legs: [leg('a', { rangAt: at(0), endedAt: at(0) })] }),
    new Date(at(0)),
  );
  expect(lanes[0]?.spans).toEqual([]);
});

test('everything that happened is told in order, the beginning first and the end last', () => {
  const happenings = happeningsOf(
    call({
      legs: [
        leg('contact', { startedAt: at(0), answeredAt: at(0), endedAt: at(100) }),
        leg('a', { rangAt: at(5), answeredAt: at(9), endedAt: at(100) }),
      ],
      pressed: [{ digits: '1', at: at(3) }],
      transfers: [{ mode: 'blind', to: '102', state: 'failed', code: 'busy', at: at(60) }],
      steps: [
        {
          operationId: 'o',
          type: 'menu',
          scenarioId: '1',
          startedAt: at(0),
          exitedAt: at(3),
          exit: '1',
          detail: '',
        },
      ],
    }),
  );
  expect(happenings.map(({ kind }) => kind)).toEqual([
    'started',
    'step',
    'exit',
    'digits',
    'rang',
    'answered',
    'transfer',
    'legEnded',
    'legEnded',
    'finished',
  ]);
});
