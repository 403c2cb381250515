import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isRefusalReason } from '../reasons';

/** Why a request was refused, in words where there are some. */
export function RefusalReason({ reason }: { reason: string }) {
  const { t } = useTranslation();
  return isRefusalReason(reason) ? (
    <>
      {t(`refusals.reason.${reason}`)}{' '}
      <Text span size="xs" c="dimmed" className="mono">
        {reason}
      </Text>
    </>
  ) : (
    <span className="mono">{reason}</span>
  );
}
