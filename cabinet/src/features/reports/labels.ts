import { formatDay } from '@/format/dates';
import type { Locale } from '@/format/locale';
import { weekStart } from './period';

/** The word of the server (`offline_message`) behind a key of the cabinet's texts (`OFFLINE_REQUEST`). */
export const communicationWords: Record<string, string> = {
  call: 'CALL',
  chat: 'CHAT',
  offline_message: 'OFFLINE_REQUEST',
  offline_request: 'OFFLINE_REQUEST',
  goal: 'GOAL',
};

const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** A day of the week; 1 = Monday, 7 or 0 = Sunday. */
export function weekdayName(key: string, locale: Locale): string | undefined {
  const number = /^[0-7]$/.test(key) ? Number(key) % 7 : names.indexOf(key.slice(0, 3).toLowerCase());
  if (number < 0) {
    return undefined;
  }
  // 2026-03-01 is a Sunday.
  const day = new Date(Date.UTC(2026, 2, 1 + number));
  return capital(new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(day));
}

/** An hour of the day: `14:00–14:59`. */
export function hourName(key: string): string | undefined {
  if (!/^\d{1,2}$/.test(key) || Number(key) > 23) {
    return undefined;
  }
  const hour = key.padStart(2, '0');
  return `${hour}:00–${hour}:59`;
}

/** A day (`2026-03-01`) or month (`2026-03`) in words. */
export function dayName(key: string, locale: Locale): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(key)) {
    return formatDay(key, locale);
  }
  if (/^\d{4}-\d{2}$/.test(key)) {
    const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
    return capital(month.format(new Date(`${key}-01T00:00:00Z`)));
  }
  return undefined;
}

/** A day, week or month as short as an axis needs it: `1 мар.`, `мар. 26 г.`; a week by its Monday. */
export function shortDayName(key: string, locale: Locale): string {
  const isMonth = /^\d{4}-\d{2}$/.test(key);
  const day = isMonth ? `${key}-01` : (weekStart(key) ?? key);
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime())
    ? key
    : new Intl.DateTimeFormat(locale, {
        ...(isMonth ? { month: 'short', year: '2-digit' } : { day: 'numeric', month: 'short' }),
        timeZone: 'UTC',
      }).format(at);
}

/** A country by its code, a language by its tag. */
export function codeName(key: string, type: 'region' | 'language', locale: Locale): string | undefined {
  const shape = type === 'region' ? /^[A-Za-z]{2}$/ : /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/i;
  if (!shape.test(key)) {
    return undefined;
  }
  try {
    const name = new Intl.DisplayNames(locale, { type, fallback: 'none' }).of(
      type === 'region' ? key.toUpperCase() : key,
    );
    return name === undefined ? undefined : capital(name);
  } catch {
    return undefined;
  }
}

/** Days of a range such as `1-3`, `4` or `31+`; the end is absent for open ranges. */
export function rangeOf(key: string): { from: number; to?: number | undefined } | undefined {
  const parts = /^(\d+)(?:(\+)|[-–.]+(\d+)?)?$/.exec(key);
  if (!parts) {
    return undefined;
  }
  const from = Number(parts[1]);
  return key === parts[1] ? { from, to: from } : { from, to: parts[3] ? Number(parts[3]) : undefined };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
