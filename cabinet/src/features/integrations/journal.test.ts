import { expect, test } from 'vitest';
import { differenceOf } from './check';
import {
  canCancel,
  canRetry,
  importShare,
  jobFilter,
  needsAttention,
  prettyBody,
  readConnectSearch,
  readIntegrationSearch,
} from './journal';

test('CA-2 what makes no sense in the address is passed over', () => {
  expect(
    readIntegrationSearch({
      tab: 'journal',
      kinds: 'DELIVER,NONSENSE',
      states: 'PARKED',
      job: '7',
      page: '2',
    }),
  ).toEqual({ tab: 'journal', kinds: ['DELIVER'], states: ['PARKED'], job: '7' });
  expect(readIntegrationSearch({ kinds: 'NONSENSE' })).toEqual({});
  expect(readConnectSearch({ step: 'goals', state: 'x' })).toEqual({ step: 'goals' });
});

test('CA-2 the journal is asked for what the filters say', () => {
  expect(jobFilter({ kinds: ['DELIVER'], states: ['PARKED'], communication: '5', tab: 'journal' })).toEqual({
    kinds: ['DELIVER'],
    states: ['PARKED'],
    communicationId: '5',
  });
  expect(jobFilter({})).toEqual({});
});

test('CA-2 what waits, is parked or was taken back can be sent again, but not what is done', () => {
  expect((['PARKED', 'WAITING', 'RUNNING', 'DONE', 'CANCELLED'] as const).filter(canRetry)).toEqual([
    'PARKED',
    'WAITING',
    'CANCELLED',
  ]);
  expect(canCancel('DONE')).toBe(false);
});

test('CA-2 broken integrations and parked jobs need attention, others do not', () => {
  expect(needsAttention({ state: 'BROKEN', counts: { parked: 0 } })).toBe(true);
  expect(needsAttention({ state: 'ACTIVE', counts: { parked: 1 } })).toBe(true);
  expect(needsAttention({ state: 'PAUSED', counts: { parked: 0 } })).toBe(false);
});

test.each([
  [{ done: 5, total: 0 }, null],
  [{ done: 5, total: 20 }, 25],
  [{ done: 25, total: 20 }, 100],
])('CA-2 the share of an import %o is %s', (progress, want) => {
  expect(importShare(progress)).toBe(want);
});

test.each([
  ['JSON stands line by line', '{"a":[1]}', '{\n  "a": [\n    1\n  ]\n}'],
  ['a form stands line by line', 'a=%D0%B1+c&d[x]=', 'a = б c\nd[x] = '],
  ['shortened JSON stays as it is', '{"a": "long…', '{"a": "long…'],
  ['words stay as they are', 'Not Found', 'Not Found'],
  ['HTML stays as it is', '<a href="x=1&y=2">', '<a href="x=1&y=2">'],
])('CA-2 %s', (_, body, want) => {
  expect(prettyBody(body)).toBe(want);
});

test('CA-2 a difference says where there is more', () => {
  expect(differenceOf({ here: 3, there: 3 })).toEqual({ sign: 'equal', count: 0 });
  expect(differenceOf({ here: 5, there: 3 })).toEqual({ sign: 'moreHere', count: 2 });
  expect(differenceOf({ here: 0, there: 3 })).toEqual({ sign: 'moreThere', count: 3 });
});
