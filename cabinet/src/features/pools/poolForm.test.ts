import { expect, test } from 'vitest';
import { isWhole, poolInput, poolValues } from './poolForm';

const times = { holdSeconds: 180, stickyDays: 30, lateHours: 24 };

test('a new pool begins with the account’s times and is for all visits', () => {
  const input = poolInput(poolValues(undefined, times));
  expect(input).toMatchObject({ ...times, overflow: 'DEDICATED', blockId: '0' });
  expect(input.segment).toEqual({
    campaignIds: [],
    channels: [],
    sources: [],
    utm: [],
    countries: [],
    regions: [],
    cities: [],
  });
});

test('conditions without values say nothing, countries are codes', () => {
  const values = {
    ...poolValues(undefined, times),
    utm: [
      { tag: 'SOURCE' as const, values: [] },
      { tag: 'TERM' as const, values: ['розы'] },
    ],
    countries: ['ru'],
    url: ' /rozy ',
  };
  expect(poolInput(values).segment).toMatchObject({
    utm: [{ tag: 'TERM', values: ['розы'] }],
    countries: ['RU'],
    url: '/rozy',
    urlMatch: 'CONTAINS',
  });
});

test('times are whole and within limits', () => {
  const limits = { min: 60, max: 100 };
  expect([60, '100', 59, 61.5, '', 101].map((value) => isWhole(value, limits))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
