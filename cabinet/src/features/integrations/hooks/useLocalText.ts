import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { languageOf } from '@/i18n/languages';
import type { LocalTextFieldsFragment } from '@/graphql/generated/graphql';

/** Gives texts of drivers in the reader's language. */
export function useLocalText() {
  const { i18n } = useTranslation();
  const isRussian = languageOf(i18n.language) === 'RU';
  return useCallback((text: LocalTextFieldsFragment) => (isRussian ? text.ru : text.en), [isRussian]);
}
