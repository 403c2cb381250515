import type {
  CreateScheduleInput,
  HoursIntervalInput,
  ScheduleFieldsFragment,
  Weekday,
} from '@/graphql/generated/graphql';

/** Days of the week, Monday first. */
export const weekdays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const satisfies Weekday[];

/** A part of a day as fields for times hold it: midnight at its end is 00:00. */
export interface IntervalValues {
  key: string;
  from: string;
  till: string;
}

/** Days with other hours, as the form holds them. */
export interface ExceptionValues {
  key: string;
  first: string;
  last: string;
  note: string;
  intervals: IntervalValues[];
}

/** Working hours as the form holds them. */
export interface ScheduleValues {
  name: string;
  timezone: string | null;
  week: Record<Weekday, IntervalValues[]>;
  exceptions: ExceptionValues[];
}

let rows = 0;
const key = () => `r${rows++}`;

/** A row for another interval. */
export function newInterval(from = '09:00', till = '18:00'): IntervalValues {
  return { key: key(), from, till };
}

/** A row for another exception; closed. */
export function newException(): ExceptionValues {
  return { key: key(), first: '', last: '', note: '', intervals: [] };
}

type Interval = { from: string; till: string };

const toValues = (list: readonly Interval[]) =>
  list.map(({ from, till }) => newInterval(from, till === '24:00' ? '00:00' : till));

const toInput = (list: readonly IntervalValues[]): HoursIntervalInput[] =>
  list.map(({ from, till }) => ({ from, till: till === '00:00' ? '24:00' : till }));

/** Fills the form from working hours; new ones are weekdays from nine to six. */
export function scheduleValues(schedule: ScheduleFieldsFragment | undefined): ScheduleValues {
  const hours = (day: Weekday): IntervalValues[] => {
    if (schedule) {
      return toValues(schedule.week.find(({ weekday }) => weekday === day)?.intervals ?? []);
    }
    return day === 'SATURDAY' || day === 'SUNDAY' ? [] : [newInterval()];
  };
  return {
    name: schedule?.name ?? '',
    timezone: schedule?.timezone ?? null,
    week: Object.fromEntries(weekdays.map((day) => [day, hours(day)])) as ScheduleValues['week'],
    exceptions: (schedule?.exceptions ?? []).map(({ first, last, note, intervals }) => ({
      key: key(),
      first,
      last,
      note,
      intervals: toValues(intervals),
    })),
  };
}

/** What to send. */
export function scheduleInput(values: ScheduleValues): CreateScheduleInput {
  return {
    name: values.name.trim(),
    timezone: values.timezone ?? '',
    week: weekdays.map((weekday) => ({ weekday, intervals: toInput(values.week[weekday]) })),
    exceptions: values.exceptions.map(({ first, last, note, intervals }) => ({
      first,
      last: last === '' ? first : last,
      note: note.trim(),
      intervals: toInput(intervals),
    })),
  };
}

/** The hours of a day in words: `09:00–13:00, 14:00–18:00`; empty when closed. */
export function hoursText(intervals: readonly Interval[]): string {
  return intervals.map(({ from, till }) => `${from}–${till}`).join(', ');
}

/** Days that follow each other with the same hours. */
export interface Span {
  first: Weekday;
  last: Weekday;
  hours: string;
}

/** A week in as few lines as it takes, closed days left out. */
export function weekSpans(week: readonly { weekday: Weekday; intervals: readonly Interval[] }[]): Span[] {
  const spans: Span[] = [];
  let before = '';
  for (const { weekday, intervals } of week) {
    const hours = hoursText(intervals);
    const span = spans.at(-1);
    if (span && hours === before && hours !== '') {
      span.last = weekday;
    } else if (hours !== '') {
      spans.push({ first: weekday, last: weekday, hours });
    }
    before = hours;
  }
  return spans;
}
