import { Button, Group, MultiSelect, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { isEmail } from '@/features/session/validate';
import {
  CreateEmployeeDocument,
  EmployeeChoicesDocument,
  type EmployeeFieldsFragment,
  UpdateEmployeeDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { type EmployeeValues, employeeInput, employeeValues, isExtension } from '../employeeForm';
import { DeleteEmployeeButton } from './DeleteEmployeeButton';
import { PhonesEditor } from './PhonesEditor';

interface EmployeeFormProps {
  /** The employee to change; a new one when absent. */
  employee?: EmployeeFieldsFragment | undefined;
  onDone: () => void;
}

const context = { additionalTypenames: ['Employee', 'EmployeeGroup'] };
const ofChoices = { additionalTypenames: ['User', 'EmployeeGroup', 'Schedule'] };

/** Makes or changes the card of an employee. */
export function EmployeeForm({ employee, onDone }: EmployeeFormProps) {
  const { t } = useTranslation();
  const [choices] = useQuery({ query: EmployeeChoicesDocument, context: ofChoices });
  const [, create] = useMutation(CreateEmployeeDocument);
  const [, update] = useMutation(UpdateEmployeeDocument);
  const { pending, error, submit } = useSubmit();
  const required = t('common.form.required');
  const form = useForm<EmployeeValues>({
    initialValues: employeeValues(employee),
    validate: {
      lastName: (text, { firstName }) =>
        text.trim() === '' && firstName.trim() === '' ? t('employees.form.nameNeeded') : null,
      email: (text) => (text.trim() === '' || isEmail(text) ? null : t('common.form.email')),
      extension: (text) =>
        text.trim() === '' || isExtension(text) ? null : t('errors.reason.bad_extension'),
      phones: { number: (text) => (text.trim() === '' ? required : null) },
    },
  });
  const send = (values: EmployeeValues) => {
    const input = employeeInput(values);
    const common = { form, done: onDone };
    void (employee
      ? submit({ ...common, send: () => update({ input: { id: employee.id, ...input } }, context) })
      : submit({ ...common, send: () => create({ input }, context) }));
  };
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('common.action.clear') } };
  const { users = [], employeeGroups = [], schedules = [] } = choices.data ?? {};
  return (
    <form noValidate onSubmit={form.onSubmit(send)}>
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <TextInput
            label={t('employees.form.lastName')}
            data-autofocus
            {...form.getInputProps('lastName')}
          />
          <TextInput label={t('employees.form.firstName')} {...form.getInputProps('firstName')} />
          <TextInput label={t('employees.form.patronymic')} {...form.getInputProps('patronymic')} />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t('employees.form.email')} type="email" {...form.getInputProps('email')} />
          <TextInput
            label={t('employees.form.extension')}
            description={t('employees.form.extensionHint')}
            inputMode="numeric"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...form.getInputProps('extension')}
          />
          <MultiSelect
            label={t('employees.form.groups')}
            {...clear}
            searchable
            data={employeeGroups.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('groupIds')}
          />
          <Select
            label={t('employees.form.schedule')}
            placeholder={t('employees.form.always')}
            {...clear}
            data={schedules.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('scheduleId')}
          />
          <Select
            label={t('employees.form.user')}
            description={t('employees.form.userHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...clear}
            searchable
            data={users.map(({ id, name, email }) => ({ value: id, label: name || email }))}
            {...form.getInputProps('userId')}
          />
        </SimpleGrid>
        <PhonesEditor form={form} />
        <ProblemAlert error={error} />
        <Group justify={employee ? 'space-between' : 'flex-end'}>
          {employee && <DeleteEmployeeButton employee={employee} onDeleted={onDone} />}
          <Button type="submit" loading={pending}>
            {employee ? t('common.action.save') : t('employees.form.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
