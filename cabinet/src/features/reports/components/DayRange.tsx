import { Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isPeriod, maxDays, type Period } from '../period';

interface DayRangeProps {
  period: Period;
  fromLabel: string;
  toLabel: string;
  onChange: (period: Period) => void;
}

/** First and last day of a period; an impossible one is kept back with a hint. */
export function DayRange({ period, fromLabel, toLabel, onChange }: DayRangeProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(period);
  const [shown, setShown] = useState(period);
  if (shown.from !== period.from || shown.to !== period.to) {
    setShown(period);
    setTyped(period);
  }
  const change = (next: Period) => {
    setTyped(next);
    if (isPeriod(next)) {
      onChange(next);
    }
  };
  const error =
    typed.from !== '' && typed.to !== '' && !isPeriod(typed)
      ? typed.to < typed.from
        ? t('common.form.period')
        : t('reports.period.tooLong', { count: maxDays })
      : undefined;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <TextInput
        type="date"
        label={fromLabel}
        value={typed.from}
        onChange={(event) => change({ ...typed, from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={toLabel}
        value={typed.to}
        onChange={(event) => change({ ...typed, to: event.currentTarget.value })}
        error={error}
      />
    </Group>
  );
}
