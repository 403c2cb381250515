import { Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { type PbxConnectionFieldsFragment, UpdatePbxConnectionDocument } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { formOf, updateInput } from '../connectionForm';
import { ConnectionFields } from './ConnectionFields';

/** Changes a connection. */
export function ConnectionSettings({ connection }: { connection: PbxConnectionFieldsFragment }) {
  const { t } = useTranslation();
  const [, update] = useMutation(UpdatePbxConnectionDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    initialValues: formOf(connection),
    validate: {
      name: (name) => (name.trim() === '' ? t('common.form.required') : null),
      maxCallMinutes: (minutes) =>
        Number.isInteger(minutes) && minutes >= 1 && minutes <= 1440
          ? null
          : t('common.form.range', { min: 1, max: 1440 }),
    },
  });
  return (
    <Panel title={t('connections.form.title')}>
      <form
        onSubmit={form.onSubmit((values) =>
          submit({
            form,
            send: () => update({ input: updateInput(connection.id, values) }),
            done: (data) => {
              form.setInitialValues(formOf(data.updatePbxConnection.connection));
              form.reset();
              notifications.show({ color: 'green', message: t('common.state.saved') });
            },
          }),
        )}
      >
        <Stack>
          <ConnectionFields form={form} saved={connection} />
          <ProblemAlert error={error} />
          <Group>
            <Button type="submit" loading={pending}>
              {t('common.action.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
