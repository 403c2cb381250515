import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { StageStatus } from '@/graphql/generated/graphql';

const colors: Record<StageStatus, string> = { IN_PROCESS: 'blue', SUCCESS: 'green', FAILED: 'red' };

/** The name of a stage in the colour of its meaning. */
export function StageBadge({ name, status }: { name: string; status: StageStatus }) {
  const { t } = useTranslation();
  return (
    <Badge color={colors[status]} title={t(`deals.status.${status}`)} maw="100%" style={{ flex: 'initial' }}>
      {name}
    </Badge>
  );
}
