import { Button, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { isWithin } from '@/features/sites/settingsForm';
import { CreateGoalDocument, type GoalFieldsFragment, UpdateGoalDocument } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import {
  conditionsOf,
  type GoalValues,
  goalTypes,
  goalValues,
  isRegexp,
  maxSeconds,
  needsSelector,
  needsUrl,
} from '../goalForm';
import { GoalConditionFields } from './GoalConditionFields';

interface GoalFormProps {
  siteId: string;
  /** The goal to change; a new one when absent. */
  goal?: GoalFieldsFragment | undefined;
  onDone: () => void;
}

/** Makes or changes a goal; the fields follow its type. */
export function GoalForm({ siteId, goal, onDone }: GoalFormProps) {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateGoalDocument);
  const [, update] = useMutation(UpdateGoalDocument);
  const { pending, error, submit } = useSubmit();
  const required = t('common.form.required');
  const form = useForm<GoalValues>({
    initialValues: goalValues(goal),
    validate: {
      name: (text) => (text.trim() === '' ? required : null),
      url: (text, values) => {
        if (needsUrl(values.type) && text.trim() === '') {
          return required;
        }
        return values.urlMatch === 'REGEXP' && !isRegexp(text) ? t('common.form.regexp') : null;
      },
      selector: (text, values) => (needsSelector(values) && text.trim() === '' ? required : null),
      seconds: (value, { type }) =>
        (type === 'TIME_ON_SITE' || type === 'TIME_ON_PAGE') && !isWithin(value, { min: 1, max: maxSeconds })
          ? t('common.form.range', { min: 1, max: maxSeconds })
          : null,
    },
  });
  const isSystem = goal?.type === 'SYSTEM';
  const send = (values: GoalValues) => {
    const { isGoal, isEnabled, type } = values;
    const name = values.name.trim();
    if (!goal) {
      void submit({
        form,
        send: () => create({ input: { siteId, name, type, isGoal, conditions: conditionsOf(values) } }),
        done: onDone,
      });
      return;
    }
    const conditions = isSystem ? {} : { conditions: conditionsOf(values) };
    void submit({
      form,
      send: () => update({ input: { id: goal.id, name, isGoal, isEnabled, ...conditions } }),
      done: onDone,
    });
  };
  return (
    <form noValidate onSubmit={form.onSubmit(send)}>
      <Stack>
        <TextInput label={t('goals.form.name')} required data-autofocus {...form.getInputProps('name')} />
        {goal ? (
          <TextInput label={t('goals.form.type')} value={t(`goals.type.${goal.type}`)} readOnly />
        ) : (
          <Select
            label={t('goals.form.type')}
            allowDeselect={false}
            data={goalTypes.map((value) => ({ value, label: t(`goals.type.${value}`) }))}
            {...form.getInputProps('type')}
          />
        )}
        <GoalConditionFields form={form} />
        <Switch
          label={t('goals.form.isGoal')}
          description={t('goals.form.isGoalHint')}
          {...form.getInputProps('isGoal', { type: 'checkbox' })}
        />
        {goal && (
          <Switch
            label={t('goals.form.isEnabled')}
            description={t('goals.form.isEnabledHint')}
            {...form.getInputProps('isEnabled', { type: 'checkbox' })}
          />
        )}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {goal ? t('common.action.save') : t('goals.form.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
