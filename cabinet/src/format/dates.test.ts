import { describe, expect, test } from 'vitest';
import { addDays, dayOf, formatAgo, formatDateTime, formatDay, isDay, isTimeZone, startOfDay } from './dates';

describe('startOfDay', () => {
  test.each([
    ['a zone without daylight saving', '2026-03-01', 'Europe/Moscow', '2026-02-28T21:00:00.000Z'],
    ['UTC', '2026-03-01', 'UTC', '2026-03-01T00:00:00.000Z'],
    ['a zone west of Greenwich', '2026-03-01', 'America/New_York', '2026-03-01T05:00:00.000Z'],
    ['the day clocks go forward', '2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['the day after clocks went forward', '2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['the day clocks go back', '2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['half-hour offsets', '2026-03-01', 'Asia/Kolkata', '2026-02-28T18:30:00.000Z'],
    ['far east', '2026-03-01', 'Asia/Kamchatka', '2026-02-28T12:00:00.000Z'],
  ])('%s', (_, day, zone, want) => {
    expect(startOfDay(day, zone)).toBe(want);
  });
});

test('dayOf takes the day of the zone, not of the browser', () => {
  expect(dayOf(new Date('2026-02-28T22:00:00Z'), 'Europe/Moscow')).toBe('2026-03-01');
  expect(dayOf(new Date('2026-02-28T22:00:00Z'), 'UTC')).toBe('2026-02-28');
});

test('addDays crosses months and leap days', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
});

test.each([
  ['2026-03-01', true],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['1.3.2026', false],
  ['', false],
])('isDay %s: %s', (text, want) => {
  expect(isDay(text)).toBe(want);
});

test('times are shown in the zone of the account and the language of the cabinet', () => {
  expect(formatDateTime('2026-03-01T09:30:00.000Z', 'ru-RU', 'Europe/Moscow')).toMatch(/1 мар\. 2026.*12:30/);
  expect(formatDateTime('2026-03-01T09:30:00.000Z', 'en-GB', 'UTC')).toMatch(/1 Mar 2026.*09:30/);
  expect(formatDay('2026-03-01', 'en-GB')).toBe('1 Mar 2026');
});

test('formatAgo takes the largest unit', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  expect(formatAgo('2026-03-01T11:55:00Z', 'en-GB', now)).toBe('5 minutes ago');
  expect(formatAgo('2026-03-01T09:55:00Z', 'ru-RU', now)).toBe('2 часа назад');
  expect(formatAgo('2026-03-01T12:00:00Z', 'en-GB', now)).toBe('now');
});

test('isTimeZone knows IANA names', () => {
  expect(isTimeZone('Europe/Moscow')).toBe(true);
  expect(isTimeZone('Moscow')).toBe(false);
  expect(isTimeZone('')).toBe(false);
});
