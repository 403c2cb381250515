import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IntegrationState } from '@/graphql/generated/graphql';

const colors: Record<IntegrationState, string> = {
  DRAFT: 'gray',
  ACTIVE: 'green',
  PAUSED: 'yellow',
  BROKEN: 'red',
};

/** Whether an integration works. */
export function StateBadge({ state }: { state: IntegrationState }) {
  const { t } = useTranslation();
  return <Badge color={colors[state]}>{t(`integrations.state.${state}`)}</Badge>;
}
