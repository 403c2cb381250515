import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScenarioProblemFieldsFragment } from '@/graphql/generated/graphql';
import type { Operation } from '../graph';
import type { Catalogue } from './useCatalogue';

/** Reasons the cabinet has words for, and the names of these words. */
const texts = {
  bad_id: 'badId',
  bad_value: 'badValue',
  lost_exit: 'lostExit',
  missing: 'missing',
  no_exit: 'noExit',
  no_start: 'noStart',
  not_found: 'notFound',
  too_many: 'tooMany',
  twice: 'twice',
  unknown_exit: 'unknownExit',
  unknown_type: 'unknownType',
  unreachable: 'unreachable',
} as const;

const reasons = Object.keys(texts) as (keyof typeof texts)[];

/** What is wrong, in the reader's words; of a newer server's reasons, in the server's. */
export function useProblemWords(catalogue: Catalogue) {
  const { t } = useTranslation();
  return useCallback(
    ({ key, reason, message }: ScenarioProblemFieldsFragment, operation: Operation | undefined) => {
      const known = reasons.find((word) => word === reason);
      const text = known ? t(`scenarios.problem.${texts[known]}`) : message;
      const about =
        key === '' || !operation
          ? undefined
          : (catalogue.fieldTitle(operation.type, key) ?? catalogue.exitTitle(operation.type, key));
      return about ? `${about}: ${text}` : text;
    },
    [t, catalogue],
  );
}
