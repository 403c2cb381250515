import { Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  CreateEmployeeGroupDocument,
  type EmployeeGroupFieldsFragment,
  UpdateEmployeeGroupDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { moved } from '../employeeForm';
import { type EmployeeName, EmployeeSelect } from './EmployeeSelect';
import { RowButtons } from './RowButtons';

interface GroupFormProps {
  /** The group to change; a new one when absent. */
  group?: EmployeeGroupFieldsFragment | undefined;
  onDone: () => void;
}

const context = { additionalTypenames: ['Employee', 'EmployeeGroup'] };

/** Makes or changes a group: its name, and its members in the order they are rung. */
export function GroupForm({ group, onDone }: GroupFormProps) {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateEmployeeGroupDocument);
  const [, update] = useMutation(UpdateEmployeeGroupDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<{ name: string; members: EmployeeName[] }>({
    initialValues: { name: group?.name ?? '', members: group?.members ?? [] },
    validate: { name: (text) => (text.trim() === '' ? t('common.form.required') : null) },
  });
  const { members } = form.values;
  const send = ({ name, members }: typeof form.values) => {
    const input = { name: name.trim(), memberIds: members.map(({ id }) => id) };
    const common = { form, done: onDone };
    void (group
      ? submit({ ...common, send: () => update({ input: { id: group.id, ...input } }, context) })
      : submit({ ...common, send: () => create({ input }, context) }));
  };
  return (
    <form noValidate onSubmit={form.onSubmit(send)}>
      <Stack>
        <TextInput
          label={t('employees.groups.name')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Fieldset legend={t('employees.groups.members')}>
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {t('employees.groups.membersHint')}
            </Text>
            {members.map(({ id, name }, index) => (
              <Group key={id} justify="space-between" wrap="nowrap">
                <Text size="sm" className="break">
                  {index + 1}. {name}
                </Text>
                <RowButtons
                  name={name}
                  index={index}
                  count={members.length}
                  onMove={(by) => form.setFieldValue('members', moved(members, index, by))}
                  onRemove={() => form.removeListItem('members', index)}
                />
              </Group>
            ))}
            <EmployeeSelect
              label={t('employees.groups.add')}
              without={members.map(({ id }) => id)}
              onPick={(employee) => form.insertListItem('members', employee)}
            />
          </Stack>
        </Fieldset>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {group ? t('common.action.save') : t('employees.groups.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
