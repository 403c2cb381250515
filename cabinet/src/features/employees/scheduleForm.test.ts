import { expect, test } from 'vitest';
import {
  newException,
  newInterval,
  scheduleInput,
  scheduleValues,
  weekdays,
  weekSpans,
} from './scheduleForm';

test('new working hours are weekdays from nine to six', () => {
  const { week } = scheduleInput({ ...scheduleValues(undefined), name: ' Day ' });
  expect(week?.filter(({ intervals }) => intervals.length > 0).map(({ weekday }) => weekday)).toEqual(
    weekdays.slice(0, 5),
  );
});

test('midnight at the end of a day is 24:00, a night goes on into the next day', () => {
  const values = scheduleValues(undefined);
  values.week.MONDAY = [newInterval('14:00', '00:00')];
  values.week.TUESDAY = [newInterval('22:00', '06:00')];
  const { week } = scheduleInput(values);
  expect(week?.[0]?.intervals).toEqual([{ from: '14:00', till: '24:00' }]);
  expect(week?.[1]?.intervals).toEqual([{ from: '22:00', till: '06:00' }]);
});

test('an exception without a last day is about one day', () => {
  const exceptions = [{ ...newException(), first: '2026-05-09', note: ' День Победы ' }];
  expect(scheduleInput({ ...scheduleValues(undefined), exceptions }).exceptions).toEqual([
    { first: '2026-05-09', last: '2026-05-09', note: 'День Победы', intervals: [] },
  ]);
});

test('days with the same hours are told together', () => {
  const day = [{ from: '09:00', till: '18:00' }];
  const week = weekdays.map((weekday) => ({
    weekday,
    intervals: weekday === 'SUNDAY' || weekday === 'WEDNESDAY' ? [] : day,
  }));
  expect(weekSpans(week)).toEqual([
    { first: 'MONDAY', last: 'TUESDAY', hours: '09:00–18:00' },
    { first: 'THURSDAY', last: 'SATURDAY', hours: '09:00–18:00' },
  ]);
});
