import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PbxConnectionFieldsFragment } from '@/graphql/generated/graphql';
import { healthColors, healthOf } from '../connectionForm';

/** How a connection does. */
export function HealthBadge({ connection }: { connection: PbxConnectionFieldsFragment }) {
  const { t } = useTranslation();
  const health = healthOf(connection);
  return <Badge color={healthColors[health]}>{t(`connections.health.${health}`)}</Badge>;
}
