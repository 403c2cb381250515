import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScenarioProblemFieldsFragment } from '@/graphql/generated/graphql';
import type { Operation } from '../graph';
import type { Catalogue } from './useCatalogue';

const reasons = [
  'bad_id',
  'bad_value',
  'lost_exit',
  'missing',
  'no_exit',
  'no_start',
  'not_found',
  'too_many',
  'twice',
  'unknown_exit',
  'unknown_type',
  'unreachable',
] as const;

/** What is wrong, in the reader's words; of a newer server's reasons, in the server's. */
export function useProblemWords(catalogue: Catalogue) {
  const { t } = useTranslation();
  return useCallback(
    ({ key, reason, message }: ScenarioProblemFieldsFragment, operation: Operation | undefined) => {
      const known = reasons.find((word) => word === reason);
      const text = known ? t(`scenarios.problem.${known}`) : message;
      const about =
        key === '' || !operation
          ? undefined
          : (catalogue.fieldTitle(operation.type, key) ?? catalogue.exitTitle(operation.type, key));
      return about ? `${about}: ${text}` : text;
    },
    [t, catalogue],
  );
}
