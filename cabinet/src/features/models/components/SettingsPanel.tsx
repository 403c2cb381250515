import { Button, Fieldset, Group, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import {
  ReportSettingsDocument,
  type ReportSettingsQuery,
  UpdateReportSettingsDocument,
} from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

const days = { min: 1, max: 365 };
const context = {
  additionalTypenames: ['ReportSettings', 'ReportTable', 'Deal', 'PathsReport', 'ChannelEffect'],
};

/** How far paths look back and how long visits wait for communications. */
export function SettingsPanel() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: ReportSettingsDocument, context });
  return (
    <Panel title={t('models.settings.title')} lead={t('models.settings.lead')}>
      <Loaded result={result} onRetry={() => retry()}>
        {({ reportSettings }) => <SettingsForm settings={reportSettings} />}
      </Loaded>
    </Panel>
  );
}

function SettingsForm({ settings }: { settings: ReportSettingsQuery['reportSettings'] }) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const [, update] = useMutation(UpdateReportSettingsDocument);
  const { pending, error, submit } = useSubmit();
  const inRange = (value: number | string) =>
    Number.isInteger(Number(value)) && Number(value) >= days.min && Number(value) <= days.max && value !== ''
      ? null
      : t('common.form.range', days);
  const form = useForm<{ lookbackDays: number | string; windowDays: number | string }>({
    initialValues: { lookbackDays: settings.lookbackDays, windowDays: settings.windowDays },
    validate: { lookbackDays: inRange, windowDays: inRange },
  });
  const number = (name: 'lookbackDays' | 'windowDays') => (
    <NumberInput
      label={t(`models.settings.${name}`)}
      description={t(`models.settings.${name}Hint`)}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      hideControls
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      {...days}
      {...form.getInputProps(name)}
    />
  );
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ lookbackDays, windowDays }) => {
        const input = { lookbackDays: Number(lookbackDays), windowDays: Number(windowDays) };
        void submit({
          form,
          send: () => update({ input }, context),
          done: ({ updateReportSettings: { settings: saved } }) => {
            const { lookbackDays, windowDays } = saved;
            form.setInitialValues({ lookbackDays, windowDays });
            form.setValues({ lookbackDays, windowDays });
            notifications.show({ title: t('common.state.saved'), message: t('crm.form.rebuilt') });
          },
        });
      })}
    >
      <Fieldset variant="unstyled" className="bare" disabled={!canChange}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {number('lookbackDays')}
            {number('windowDays')}
          </SimpleGrid>
          <ProblemAlert error={error} />
          {canChange && (
            <Group>
              <Button type="submit" loading={pending} disabled={!form.isDirty()}>
                {t('common.action.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </Fieldset>
    </form>
  );
}
