import { Button, ColorInput, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  CreateEmployeeStatusDocument,
  type CustomStatusFieldsFragment,
  type EmployeeStatus,
  UpdateEmployeeStatusDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { statusColors, statuses } from '../statuses';

interface StatusFormProps {
  /** The status to change; a new one when absent. */
  status?: CustomStatusFieldsFragment | undefined;
  onDone: () => void;
}

const context = { additionalTypenames: ['CustomEmployeeStatus', 'Employee'] };

/** Makes or changes a status of the account's own. */
export function StatusForm({ status, onDone }: StatusFormProps) {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateEmployeeStatusDocument);
  const [, update] = useMutation(UpdateEmployeeStatusDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<{ name: string; base: EmployeeStatus; color: string }>({
    initialValues: {
      name: status?.name ?? '',
      base: status?.base ?? 'BREAK',
      color: status?.color ?? statusColors.BREAK,
    },
    validate: {
      name: (text) => (text.trim() === '' ? t('common.form.required') : null),
      color: (text) => (/^#[0-9a-f]{6}$/i.test(text) ? null : t('errors.reason.bad_color')),
    },
  });
  const send = ({ name, base, color }: typeof form.values) => {
    const input = { name: name.trim(), color };
    const common = { form, done: onDone };
    void (status
      ? submit({ ...common, send: () => update({ input: { id: status.id, ...input } }, context) })
      : submit({ ...common, send: () => create({ input: { base, ...input } }, context) }));
  };
  return (
    <form noValidate onSubmit={form.onSubmit(send)}>
      <Stack>
        <TextInput
          label={t('employees.statuses.name')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        {status ? (
          <TextInput
            label={t('employees.statuses.base')}
            value={t(`employees.status.${status.base}`)}
            readOnly
          />
        ) : (
          <Select
            label={t('employees.statuses.base')}
            description={t('employees.statuses.baseHint')}
            allowDeselect={false}
            data={statuses.map((value) => ({ value, label: t(`employees.status.${value}`) }))}
            {...form.getInputProps('base')}
          />
        )}
        <ColorInput
          label={t('employees.statuses.color')}
          swatches={Object.values(statusColors)}
          withEyeDropper={false}
          {...form.getInputProps('color')}
        />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {status ? t('common.action.save') : t('employees.statuses.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
