import { Group, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isDay } from '@/format/dates';

interface PeriodFieldsProps {
  from: string | undefined;
  to: string | undefined;
  onChange: (period: { from?: string | undefined; to?: string | undefined }) => void;
}

/** First and last day of a period; either may stay open. */
export function PeriodFields({ from, to, onChange }: PeriodFieldsProps) {
  const { t } = useTranslation();
  const day = (text: string) => (isDay(text) ? text : undefined);
  return (
    <Group gap="xs" grow wrap="nowrap" align="flex-start">
      <TextInput
        type="date"
        label={t('common.filter.from')}
        value={from ?? ''}
        max={to}
        onChange={(event) => onChange({ from: day(event.currentTarget.value), to })}
      />
      <TextInput
        type="date"
        label={t('common.filter.to')}
        value={to ?? ''}
        min={from}
        onChange={(event) => onChange({ from, to: day(event.currentTarget.value) })}
        error={from && to && to < from ? t('common.form.period') : undefined}
      />
    </Group>
  );
}
