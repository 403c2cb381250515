import { useCallback } from 'react';
import type { LocalTextFieldsFragment } from '@/graphql/generated/graphql';
import { useLocalText } from './useLocalText';

/** What an integration is called: its own name, or the system's in the reader's language while nobody has given it another. */
export function useIntegrationName() {
  const local = useLocalText();
  return useCallback(
    (name: string, title: LocalTextFieldsFragment) =>
      name === title.ru || name === title.en ? local(title) : name,
    [local],
  );
}
