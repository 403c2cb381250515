import { Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { UpdateIntegrationDocument } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { useIntegrationName } from '../hooks/useIntegrationName';
import type { Integration } from '../settings';

/** What an integration is called, to tell several of one system apart. */
export function NamePanel({ integration }: { integration: Integration }) {
  const { t } = useTranslation();
  const [, update] = useMutation(UpdateIntegrationDocument);
  const { pending, error, submit } = useSubmit();
  const name = useIntegrationName()(integration.name, integration.driver.title);
  const form = useForm({
    initialValues: { name },
    validate: { name: (text) => (text.trim() === '' ? t('common.form.required') : null) },
  });
  return (
    <Panel title={t('integrations.overview.name')}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ name }) => {
          void submit({
            form,
            send: () => update({ input: { id: integration.id, name: name.trim() } }),
            done: (data) => {
              form.setInitialValues({ name: data.updateIntegration.integration.name });
              form.reset();
              notifications.show({ message: t('common.state.saved') });
            },
          });
        })}
      >
        <Group align="flex-start" gap="xs">
          <TextInput
            aria-label={t('integrations.overview.name')}
            maxLength={100}
            autoComplete="off"
            w={{ base: '100%', xs: 320 }}
            {...form.getInputProps('name')}
          />
          <Button type="submit" variant="default" loading={pending} disabled={!form.isDirty()}>
            {t('common.action.save')}
          </Button>
        </Group>
        <ProblemAlert error={error} />
      </form>
    </Panel>
  );
}
