import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IntegrationSyncState } from '@/graphql/generated/graphql';

const colors: Record<IntegrationSyncState, string> = {
  NEVER: 'gray',
  OK: 'green',
  RUNNING: 'blue',
  ERROR: 'red',
};

/** How the last reading went. */
export function SyncBadge({ state }: { state: IntegrationSyncState }) {
  const { t } = useTranslation();
  return <Badge color={colors[state]}>{t(`integrations.sync.${state}`)}</Badge>;
}
