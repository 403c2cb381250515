import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLiveState } from '../hooks/useLiveState';

const colors = { idle: 'gray', connecting: 'gray', connected: 'green', lost: 'red' };

/** Whether the list is being kept up to date. */
export function LiveStateBadge() {
  const { t } = useTranslation();
  const state = useLiveState();
  return (
    <Badge variant="light" color={colors[state]} tt="none" role="status">
      {t(`visitors.live.state.${state}`)}
    </Badge>
  );
}
