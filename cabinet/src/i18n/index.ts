import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '@/graphql/generated/graphql';
import { rememberLanguage, tagOf } from './languages';

const loaders = {
  ru: () => import('./locales/ru.json'),
  en: () => import('./locales/en.json'),
};

/** Starts the texts in one language; only that language's file is fetched. */
export async function startTexts(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await showLanguage(language);
}

/** Switches every text, and the document, to a language. */
export async function showLanguage(language: Language): Promise<void> {
  const tag = tagOf(language);
  if (!i18next.hasResourceBundle(tag, 'translation')) {
    i18next.addResourceBundle(tag, 'translation', (await loaders[tag]()).default);
  }
  await i18next.changeLanguage(tag);
  document.documentElement.lang = tag;
  rememberLanguage(language);
}
