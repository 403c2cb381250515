import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LoadState } from '@/graphql/generated/graphql';

const colors: Record<LoadState, string> = {
  NOT_LOADED: 'gray',
  COMPLETED: 'green',
  IN_PROCESS: 'blue',
  ERROR: 'red',
};

/** How the loading of deals stands. */
export function LoadBadge({ state }: { state: LoadState }) {
  const { t } = useTranslation();
  return <Badge color={colors[state]}>{t(`crm.state.${state}`)}</Badge>;
}
