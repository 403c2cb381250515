import { Button, Fieldset, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  CreateScheduleDocument,
  type ScheduleFieldsFragment,
  UpdateScheduleDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { TimeZoneSelect } from '@/ui/TimeZoneSelect';
import { useSubmit } from '@/ui/useSubmit';
import { scheduleInput, type ScheduleValues, scheduleValues, weekdays } from '../scheduleForm';
import { ExceptionsEditor } from './ExceptionsEditor';
import { IntervalsEditor } from './IntervalsEditor';

interface ScheduleFormProps {
  /** The working hours to change; new ones when absent. */
  schedule?: ScheduleFieldsFragment | undefined;
  onDone: () => void;
}

const context = { additionalTypenames: ['Schedule', 'Employee'] };

/** Makes or changes working hours. */
export function ScheduleForm({ schedule, onDone }: ScheduleFormProps) {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateScheduleDocument);
  const [, update] = useMutation(UpdateScheduleDocument);
  const { pending, error, submit } = useSubmit();
  const required = (text: string) => (text.trim() === '' ? t('common.form.required') : null);
  const form = useForm<ScheduleValues>({
    initialValues: scheduleValues(schedule),
    validate: {
      name: required,
      exceptions: {
        first: required,
        last: (last, { exceptions }, path) => {
          const first = exceptions[Number(path.split('.')[1])]?.first ?? '';
          return last !== '' && last < first ? t('common.form.period') : null;
        },
      },
    },
  });
  const send = (values: ScheduleValues) => {
    const input = scheduleInput(values);
    const common = { form, done: onDone };
    void (schedule
      ? submit({ ...common, send: () => update({ input: { id: schedule.id, ...input } }, context) })
      : submit({ ...common, send: () => create({ input }, context) }));
  };
  return (
    <form noValidate onSubmit={form.onSubmit(send)}>
      <Stack>
        <TextInput
          label={t('employees.hours.name')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TimeZoneSelect
          required={false}
          allowDeselect
          clearable
          clearButtonProps={{ 'aria-label': t('common.action.clear') }}
          placeholder={t('employees.hours.accountZone')}
          {...form.getInputProps('timezone')}
        />
        <Fieldset legend={t('employees.hours.week')}>
          <Stack gap="xs">
            {weekdays.map((day) => (
              <IntervalsEditor
                key={day}
                label={t(`employees.weekday.${day}`)}
                value={form.values.week[day]}
                onChange={(intervals) => form.setFieldValue(`week.${day}`, intervals)}
              />
            ))}
          </Stack>
        </Fieldset>
        <ExceptionsEditor form={form} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {schedule ? t('common.action.save') : t('employees.hours.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
