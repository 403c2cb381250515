import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IntegrationJobState } from '@/graphql/generated/graphql';

const colors: Record<IntegrationJobState, string> = {
  WAITING: 'blue',
  RUNNING: 'cyan',
  DONE: 'green',
  PARKED: 'orange',
  CANCELLED: 'gray',
};

/** Where a job stands. */
export function JobStateBadge({ state }: { state: IntegrationJobState }) {
  const { t } = useTranslation();
  return <Badge color={colors[state]}>{t(`integrations.jobState.${state}`)}</Badge>;
}
