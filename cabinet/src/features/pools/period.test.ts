import { expect, test } from 'vitest';
import { figureDays, readFiguresPeriod } from './period';

test.each([
  [{}, { from: '2026-02-13', to: '2026-03-14' }],
  [{ to: '2026-03-01' }, { from: '2026-01-31', to: '2026-03-01' }],
  [
    { from: '2026-04-01', to: '2026-03-01' },
    { from: '2026-03-01', to: '2026-03-01' },
  ],
  [{ from: '2020-01-01' }, { from: '2025-03-14', to: '2026-03-14' }],
])('days of %j are at most a year and in order', (period, days) => {
  expect(figureDays(period, '2026-03-14')).toEqual(days);
});

test('days that are none are passed over', () => {
  expect(readFiguresPeriod({ from: '2026-02-30', to: 5 })).toEqual({});
});
