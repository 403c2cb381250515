import {
  Button,
  Fieldset,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type EmployeeValues, limits, moved, newPhone } from '../employeeForm';
import { RowButtons } from './RowButtons';

/** The phones of an employee in the order they are rung. */
export function PhonesEditor({ form }: { form: UseFormReturnType<EmployeeValues> }) {
  const { t } = useTranslation();
  const { phones } = form.values;
  return (
    <Fieldset legend={t('employees.phones.title')}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('employees.phones.lead')}
        </Text>
        {phones.map((phone, index) => {
          const field = (name: string) => form.getInputProps(`phones.${index}.${name}`);
          const name = phone.number || t('employees.phones.nth', { number: index + 1 });
          return (
            <Paper withBorder p="sm" key={phone.key} role="group" aria-label={name}>
              <Group gap="sm" align="flex-start">
                <Select
                  label={t('employees.phones.kind')}
                  allowDeselect={false}
                  w={150}
                  data={(['NUMBER', 'LINE'] as const).map((value) => ({
                    value,
                    label: t(`employees.phones.kinds.${value}`),
                  }))}
                  {...field('kind')}
                />
                <TextInput
                  label={t(`employees.phones.number.${phone.kind}`)}
                  type={phone.kind === 'NUMBER' ? 'tel' : 'text'}
                  required
                  flex={1}
                  miw={170}
                  {...field('number')}
                />
                <NumberInput
                  label={t('employees.phones.dialSeconds')}
                  w={110}
                  allowDecimal={false}
                  {...limits.dialSeconds}
                  {...field('dialSeconds')}
                />
                <NumberInput
                  label={t('employees.phones.channels')}
                  w={110}
                  allowDecimal={false}
                  {...limits.channels}
                  {...field('channels')}
                />
              </Group>
              <Group justify="space-between" mt="xs">
                <Switch
                  size="sm"
                  label={t('employees.phones.isActive')}
                  {...form.getInputProps(`phones.${index}.isActive`, { type: 'checkbox' })}
                />
                <RowButtons
                  name={name}
                  index={index}
                  count={phones.length}
                  onMove={(by) => form.setFieldValue('phones', moved(phones, index, by))}
                  onRemove={() => form.removeListItem('phones', index)}
                />
              </Group>
            </Paper>
          );
        })}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={phones.length >= limits.phones}
            onClick={() => form.insertListItem('phones', newPhone())}
          >
            {t('employees.phones.add')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
