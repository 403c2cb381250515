import { addDays, isDay } from '@/format/dates';

/** A period of whole days, both included. */
export interface Period {
  from: string;
  to: string;
}

/** Periods counted from today. */
export const presets = [
  'today',
  'yesterday',
  'days7',
  'days30',
  'days90',
  'thisWeek',
  'lastWeek',
  'thisMonth',
  'lastMonth',
  'thisQuarter',
  'lastQuarter',
  'thisYear',
] as const;

/** See `presets`. */
export type Preset = (typeof presets)[number];

/** What a report shows when nothing else was asked for. */
export const defaultPreset: Preset = 'days30';

/** Longest period the server counts. */
export const maxDays = 366;

/** Number of days of a period. */
export function daysIn({ from, to }: Period): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

/** Whether both days exist, in order, and the server counts so many. */
export function isPeriod({ from, to }: { from?: string | undefined; to?: string | undefined }): boolean {
  return (
    from !== undefined &&
    to !== undefined &&
    isDay(from) &&
    isDay(to) &&
    from <= to &&
    daysIn({ from, to }) <= maxDays
  );
}

/** The days of a preset, with `today` as seen in the account's time zone. */
export function periodOf(preset: Preset, today: string): Period {
  const monday = mondayOf(today);
  const month = `${today.slice(0, 7)}-01`;
  const quarter = quarterOf(today);
  switch (preset) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case 'days7':
      return { from: addDays(today, -6), to: today };
    case 'days30':
      return { from: addDays(today, -29), to: today };
    case 'days90':
      return { from: addDays(today, -89), to: today };
    case 'thisWeek':
      return { from: monday, to: today };
    case 'lastWeek':
      return { from: addDays(monday, -7), to: addDays(monday, -1) };
    case 'thisMonth':
      return { from: month, to: today };
    case 'lastMonth':
      return { from: `${addDays(month, -1).slice(0, 7)}-01`, to: addDays(month, -1) };
    case 'thisQuarter':
      return { from: quarter, to: today };
    case 'lastQuarter':
      return { from: quarterOf(addDays(quarter, -1)), to: addDays(quarter, -1) };
    case 'thisYear':
      return { from: `${today.slice(0, 4)}-01-01`, to: today };
  }
}

/** The period of equal length right before another. */
export function previousOf(period: Period): Period {
  return { from: addDays(period.from, -daysIn(period)), to: addDays(period.from, -1) };
}

/** The same days a year before; 29 February becomes 28 February. */
export function yearBefore(period: Period): Period {
  const back = (day: string) => {
    const text = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
    return isDay(text) ? text : addDays(`${text.slice(0, 8)}28`, 0);
  };
  return { from: back(period.from), to: back(period.to) };
}

/** How finely a period is drawn. */
export const steps = ['day', 'week', 'month'] as const;

/** See `steps`. */
export type Step = (typeof steps)[number];

/** A step that gives a readable number of points. */
export function stepFor(period: Period): Step {
  const days = daysIn(period);
  return days <= 45 ? 'day' : days <= 190 ? 'week' : 'month';
}

/** All steps that a period touches, as the rows of a report are keyed: `2026-03-01`, `2026-W09`, `2026-03`. */
export function pointsOf(period: Period, step: Step): string[] {
  if (step === 'month') {
    return monthsOf(period);
  }
  const isWeek = step === 'week';
  const points: string[] = [];
  for (let day = isWeek ? mondayOf(period.from) : period.from; day <= period.to;) {
    points.push(isWeek ? weekOf(day) : day);
    day = addDays(day, isWeek ? 7 : 1);
  }
  return points;
}

/** The ISO 8601 week of a day: `2026-W09`. */
export function weekOf(day: string): string {
  // A week belongs to the year of its Thursday.
  const thursday = addDays(mondayOf(day), 3);
  const year = thursday.slice(0, 4);
  const number = Math.floor((daysIn({ from: `${year}-01-01`, to: thursday }) - 1) / 7) + 1;
  return `${year}-W${String(number).padStart(2, '0')}`;
}

/** The Monday an ISO 8601 week begins with; absent for anything else. */
export function weekStart(week: string): string | undefined {
  const parts = /^(\d{4})-W(\d{2})$/.exec(week);
  // 4 January is always in the first week.
  return parts ? addDays(mondayOf(`${parts[1]}-01-04`), (Number(parts[2]) - 1) * 7) : undefined;
}

function mondayOf(day: string): string {
  return addDays(day, -((weekdayOf(day) + 6) % 7));
}

function monthsOf({ from, to }: Period): string[] {
  const points: string[] = [];
  for (let month = from.slice(0, 7); month <= to.slice(0, 7); month = addDays(`${month}-28`, 5).slice(0, 7)) {
    points.push(month);
  }
  return points;
}

/** 0 = Sunday. */
function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function quarterOf(day: string): string {
  const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
  return `${day.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
}
