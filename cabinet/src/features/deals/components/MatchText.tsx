import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { MatchedBy } from '@/graphql/generated/graphql';

interface MatchTextProps {
  by: MatchedBy;
  /** The phone or e-mail; empty for other ways. */
  value?: string;
}

/** How something was found to belong to a deal. */
export function MatchText({ by, value = '' }: MatchTextProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = by === 'PHONE' && value !== '' ? format.phone(value) : value;
  return (
    <Text size="xs" c="dimmed" component="span" className="break">
      {t(`deals.match.${by}`)}
      {shown !== '' && ` ${shown}`}
    </Text>
  );
}
