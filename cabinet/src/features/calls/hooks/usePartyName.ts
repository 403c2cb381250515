import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { CallLegFieldsFragment } from '@/graphql/generated/graphql';

/** Names the party at the end of a leg. */
export function usePartyName() {
  const { t } = useTranslation();
  const format = useFormat();
  return useCallback(
    (leg: CallLegFieldsFragment) => {
      const number = leg.number || leg.extension;
      const role = t(`calls.role.${leg.role}`);
      return leg.employee?.name ?? (number === '' ? role : `${role} · ${format.phone(number)}`);
    },
    [t, format],
  );
}
