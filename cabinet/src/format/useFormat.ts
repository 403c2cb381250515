import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimeZone } from '@/features/session/hooks/useTimeZone';
import { languageOf } from '@/i18n/languages';
import * as dates from './dates';
import { localeOf } from './locale';
import * as numbers from './numbers';
import { formatPhone } from './phones';

/** Formatters in the language of the cabinet and the account's time zone. */
export function useFormat() {
  const { i18n } = useTranslation();
  const timeZone = useTimeZone();
  const locale = localeOf(languageOf(i18n.language));
  return useMemo(
    () => ({
      locale,
      timeZone,
      dateTime: (at: string) => dates.formatDateTime(at, locale, timeZone),
      exact: (at: string) => dates.formatExact(at, locale, timeZone),
      time: (at: string) => dates.formatTime(at, locale, timeZone),
      date: (at: string) => dates.formatDate(at, locale, timeZone),
      day: (day: string) => dates.formatDay(day, locale),
      ago: (at: string) => dates.formatAgo(at, locale, new Date()),
      number: (value: number) => numbers.formatNumber(value, locale),
      money: (money: { amount: string; currency: string }) => numbers.formatMoney(money, locale),
      duration: (seconds: number) => numbers.formatDuration(seconds, locale),
      phone: formatPhone,
    }),
    [locale, timeZone],
  );
}
