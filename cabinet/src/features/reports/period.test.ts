import { describe, expect, test } from 'vitest';
import {
  daysIn,
  isPeriod,
  periodOf,
  pointsOf,
  previousOf,
  stepFor,
  weekOf,
  weekStart,
  yearBefore,
} from './period';

const today = '2026-03-04'; // a Wednesday

describe('periods counted from today', () => {
  test.each([
    ['today', '2026-03-04', '2026-03-04'],
    ['yesterday', '2026-03-03', '2026-03-03'],
    ['days7', '2026-02-26', '2026-03-04'],
    ['days30', '2026-02-03', '2026-03-04'],
    ['thisWeek', '2026-03-02', '2026-03-04'],
    ['lastWeek', '2026-02-23', '2026-03-01'],
    ['thisMonth', '2026-03-01', '2026-03-04'],
    ['lastMonth', '2026-02-01', '2026-02-28'],
    ['thisQuarter', '2026-01-01', '2026-03-04'],
    ['lastQuarter', '2025-10-01', '2025-12-31'],
    ['thisYear', '2026-01-01', '2026-03-04'],
  ] as const)('%s', (preset, from, to) => {
    expect(periodOf(preset, today)).toEqual({ from, to });
  });

  test('a Sunday belongs to the week before it', () => {
    expect(periodOf('thisWeek', '2026-03-01')).toEqual({ from: '2026-02-23', to: '2026-03-01' });
  });
});

describe('AN-2 the period compared with', () => {
  test('the previous one is as long and ends the day before', () => {
    const march = { from: '2026-03-01', to: '2026-03-31' };
    expect(previousOf(march)).toEqual({ from: '2026-01-29', to: '2026-02-28' });
    expect(daysIn(previousOf(march))).toBe(daysIn(march));
  });

  test('the year before has the same days, 29 February aside', () => {
    expect(yearBefore({ from: '2024-02-29', to: '2024-03-31' })).toEqual({
      from: '2023-02-28',
      to: '2023-03-31',
    });
  });
});

test('a period has at most 366 days, in order', () => {
  expect(isPeriod({ from: '2024-01-01', to: '2024-12-31' })).toBe(true);
  expect(isPeriod({ from: '2024-01-01', to: '2025-01-01' })).toBe(false);
  expect(isPeriod({ from: '2026-01-02', to: '2026-01-01' })).toBe(false);
  expect(isPeriod({ from: undefined, to: '2026-01-01' })).toBe(false);
});

describe('points of a chart', () => {
  test('days, weeks and months are keyed as reports key them', () => {
    expect(pointsOf({ from: '2026-02-27', to: '2026-03-01' }, 'day')).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ]);
    expect(pointsOf({ from: '2025-12-31', to: '2026-01-12' }, 'week')).toEqual([
      '2026-W01',
      '2026-W02',
      '2026-W03',
    ]);
    expect(pointsOf({ from: '2025-12-31', to: '2026-02-01' }, 'month')).toEqual([
      '2025-12',
      '2026-01',
      '2026-02',
    ]);
  });

  test.each([
    ['2026-01-01', '2026-W01', '2025-12-29'],
    ['2027-01-01', '2026-W53', '2026-12-28'],
    ['2024-12-30', '2025-W01', '2024-12-30'],
    ['2026-03-01', '2026-W09', '2026-02-23'],
  ])('%s is in week %s, which begins on %s', (day, week, monday) => {
    expect(weekOf(day)).toBe(week);
    expect(weekStart(week)).toBe(monday);
  });

  test('the step keeps the number of points readable', () => {
    expect(stepFor({ from: '2026-03-01', to: '2026-03-31' })).toBe('day');
    expect(stepFor({ from: '2026-01-01', to: '2026-03-31' })).toBe('week');
    expect(stepFor({ from: '2026-01-01', to: '2026-12-31' })).toBe('month');
  });
});
