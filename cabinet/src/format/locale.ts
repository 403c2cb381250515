import type { Language } from '@/graphql/generated/graphql';

/** Locale of dates and numbers. */
export type Locale = 'ru-RU' | 'en-GB';

/** The locale that goes with a language of the cabinet. */
export function localeOf(language: Language): Locale {
  return language === 'RU' ? 'ru-RU' : 'en-GB';
}
