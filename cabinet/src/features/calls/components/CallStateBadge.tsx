import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallState } from '@/graphql/generated/graphql';
import { stateColors } from '../words';

/** Where a call stands. */
export function CallStateBadge({ state }: { state: CallState }) {
  const { t } = useTranslation();
  return <Badge color={stateColors[state]}>{t(`calls.state.${state}`)}</Badge>;
}
