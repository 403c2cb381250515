import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { VirtualNumberFieldsFragment } from '@/graphql/generated/graphql';

const colors = { ACTIVE: 'green', QUARANTINE: 'yellow', DISABLED: 'gray' } as const;

/** Whether a number is shown; for how long it is not. */
export function NumberStateBadge({ number }: { number: VirtualNumberFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, quarantineUntil } = number;
  return (
    <Badge color={colors[state]}>
      {state === 'QUARANTINE' && quarantineUntil
        ? t('numbers.state.until', { date: format.date(quarantineUntil) })
        : t(`numbers.state.${state}`)}
    </Badge>
  );
}
