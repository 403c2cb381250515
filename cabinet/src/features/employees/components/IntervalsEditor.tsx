import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type IntervalValues, newInterval } from '../scheduleForm';

interface IntervalsEditorProps {
  /** What the hours are of. */
  label: string;
  value: IntervalValues[];
  onChange: (intervals: IntervalValues[]) => void;
}

/** Open hours of a day; none is a closed day. */
export function IntervalsEditor({ label, value, onChange }: IntervalsEditorProps) {
  const { t } = useTranslation();
  const change = (key: string, to: Partial<IntervalValues>) =>
    onChange(value.map((interval) => (interval.key === key ? { ...interval, ...to } : interval)));
  return (
    <Group role="group" aria-label={label} align="flex-start" gap="xs">
      <Text size="sm" w={110} flex="none" mt={value.length > 0 ? 7 : 1} className="break" aria-hidden>
        {label}
      </Text>
      <Stack gap={6} flex={1} miw={220}>
        {value.map(({ key, from, till }) => (
          <Group key={key} gap={4}>
            <TextInput
              type="time"
              flex={1}
              miw={92}
              maw={132}
              aria-label={t('employees.hours.from')}
              value={from}
              onChange={(event) => change(key, { from: event.currentTarget.value })}
            />
            –
            <TextInput
              type="time"
              flex={1}
              miw={92}
              maw={132}
              aria-label={t('employees.hours.till')}
              value={till}
              onChange={(event) => change(key, { till: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('employees.hours.remove')}
              onClick={() => onChange(value.filter((interval) => interval.key !== key))}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
            {till <= from && till !== '00:00' && (
              <Text size="xs" c="dimmed">
                {t('employees.hours.nextDay')}
              </Text>
            )}
          </Group>
        ))}
        <Group gap="xs">
          {value.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('employees.hours.closed')}
            </Text>
          )}
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...value, newInterval()])}
          >
            {t('employees.hours.add')}
          </Button>
        </Group>
      </Stack>
    </Group>
  );
}
