import { ActionIcon, Button, Fieldset, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { newException, type ScheduleValues } from '../scheduleForm';
import { IntervalsEditor } from './IntervalsEditor';

/** Days with other hours than those of the week. */
export function ExceptionsEditor({ form }: { form: UseFormReturnType<ScheduleValues> }) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t('employees.exceptions.title')}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('employees.exceptions.lead')}
        </Text>
        {form.values.exceptions.map((exception, index) => {
          const name = t('employees.exceptions.nth', { number: index + 1 });
          const field = (part: string) => form.getInputProps(`exceptions.${index}.${part}`);
          return (
            <Paper key={exception.key} withBorder p="sm" role="group" aria-label={name}>
              <Stack gap="xs">
                <Group gap="sm" align="flex-start">
                  <TextInput
                    type="date"
                    label={t('employees.exceptions.first')}
                    required
                    {...field('first')}
                  />
                  <TextInput
                    type="date"
                    label={t('employees.exceptions.last')}
                    min={exception.first}
                    {...field('last')}
                  />
                  <TextInput label={t('employees.exceptions.note')} flex={1} miw={140} {...field('note')} />
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    mt={27}
                    aria-label={t('employees.row.remove', { name })}
                    onClick={() => form.removeListItem('exceptions', index)}
                  >
                    <IconX size={16} aria-hidden />
                  </ActionIcon>
                </Group>
                <IntervalsEditor
                  label={t('employees.exceptions.hours')}
                  value={exception.intervals}
                  onChange={(intervals) => form.setFieldValue(`exceptions.${index}.intervals`, intervals)}
                />
              </Stack>
            </Paper>
          );
        })}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => form.insertListItem('exceptions', newException())}
          >
            {t('employees.exceptions.add')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
