import type { Language } from '@/graphql/generated/graphql';

const storageKey = 'skvoz.language';

/** Languages of the cabinet, each under its own name. */
export const languages: { value: Language; label: string }[] = [
  { value: 'RU', label: 'Русский' },
  { value: 'EN', label: 'English' },
];

/** The cabinet's language behind an i18n tag such as `ru`. */
export function languageOf(tag: string): Language {
  return tag.toLowerCase().startsWith('ru') ? 'RU' : 'EN';
}

/** The i18n tag of a language. */
export function tagOf(language: Language): 'ru' | 'en' {
  return language === 'RU' ? 'ru' : 'en';
}

/** Language to begin with: the one chosen last on this device, else the browser's. */
export function preferredLanguage(): Language {
  try {
    const stored = localStorage.getItem(storageKey);
    if (stored === 'RU' || stored === 'EN') {
      return stored;
    }
  } catch {
    // Storage may be blocked; the browser's language does then.
  }
  return languageOf(navigator.language);
}

/** Keeps the choice on this device, for the pages before sign-in. */
export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Nothing is lost: the profile holds the language, too.
  }
}
