import { Button, Fieldset, Group, Radio, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { type OperationResult, useMutation } from 'urql';
import {
  type CrmFieldsFragment,
  SetReportFunnelsDocument,
  UpdateCrmDocument,
  type UpdateCrmMutation,
} from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import {
  conversionModels,
  crmFormOf,
  type CrmFormValues,
  crmInput,
  crmTerms,
  funnelChoice,
} from '../crmForm';
import { FunnelsField } from './FunnelsField';
import { GoalsField } from './GoalsField';

const context = {
  additionalTypenames: ['Crm', 'Funnel', 'Deal', 'ReportTable', 'PathsReport', 'ChannelEffect'],
};

interface CrmFormProps {
  crm: CrmFieldsFragment;
  readOnly: boolean;
  /** Whether the funnels of reports are chosen here, and not elsewhere. */
  hasFunnels?: boolean;
}

/** How deals of a CRM are counted and shown; those who may not change it see it. */
export function CrmForm({ crm, readOnly, hasFunnels = true }: CrmFormProps) {
  const { t } = useTranslation();
  const [, update] = useMutation(UpdateCrmDocument);
  const [, setFunnels] = useMutation(SetReportFunnelsDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<CrmFormValues>({ initialValues: crmFormOf(crm) });
  const send = async (values: CrmFormValues): Promise<OperationResult<UpdateCrmMutation>> => {
    const settings = await update({ input: crmInput(crm.id, values) }, context);
    const funnelIds = funnelChoice(crm.funnels, values.funnels);
    if (settings.error || funnelIds === null) {
      return settings;
    }
    const funnels = await setFunnels({ input: { crmId: crm.id, funnelIds } }, context);
    const data = funnels.data ? { updateCrm: funnels.data.setReportFunnels } : undefined;
    return { ...settings, error: funnels.error, data };
  };
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        void submit({
          form,
          send: () => send(values),
          done: (data) => {
            const saved = crmFormOf(data.updateCrm.crm);
            form.setInitialValues(saved);
            form.setValues(saved);
            notifications.show({ title: t('common.state.saved'), message: t('crm.form.rebuilt') });
          },
        });
      })}
    >
      <Fieldset variant="unstyled" className="bare" disabled={readOnly}>
        <Stack gap="md">
          <Panel title={t('crm.conversion.title')} lead={t('crm.conversion.lead')}>
            <Radio.Group aria-label={t('crm.conversion.title')} {...form.getInputProps('conversionModel')}>
              <Stack gap="md">
                {conversionModels.map((model) => (
                  <Radio
                    key={model}
                    value={model}
                    label={t(`crm.conversion.${model}`)}
                    description={t(`crm.conversionHint.${model}`)}
                  />
                ))}
              </Stack>
            </Radio.Group>
          </Panel>
          <Panel title={t('crm.goals.title')} lead={t('crm.goals.lead')}>
            <GoalsField disabled={readOnly} {...form.getInputProps('goalIds')} />
          </Panel>
          {hasFunnels && (
            <Panel title={t('crm.funnels.title')} lead={t('crm.funnels.lead')}>
              <FunnelsField
                funnels={crm.funnels}
                value={form.values.funnels}
                onChange={(funnels) => form.setFieldValue('funnels', funnels)}
              />
            </Panel>
          )}
          <Panel title={t('crm.terms.title')} lead={t('crm.terms.lead')}>
            <Radio.Group aria-label={t('crm.terms.title')} {...form.getInputProps('terms')}>
              <Stack gap="sm">
                {crmTerms.map((terms) => (
                  <Radio
                    key={terms}
                    value={terms}
                    label={t(`crm.terms.${terms}`)}
                    description={t(`crm.termsHint.${terms}`)}
                  />
                ))}
              </Stack>
            </Radio.Group>
          </Panel>
          <Panel title={t('crm.ignore.title')} lead={t('crm.ignore.lead')}>
            <Switch
              label={t('crm.ignore.calls')}
              description={t('crm.ignore.callsHint')}
              {...form.getInputProps('ignoreOutgoingCalls', { type: 'checkbox' })}
            />
            <Switch
              label={t('crm.ignore.chats')}
              description={t('crm.ignore.chatsHint')}
              {...form.getInputProps('ignoreOutgoingChats', { type: 'checkbox' })}
            />
          </Panel>
          <ProblemAlert error={error} />
          {readOnly ? (
            <Text size="sm" c="dimmed">
              {t('crm.form.readOnly')}
            </Text>
          ) : (
            <div>
              <Group>
                <Button type="submit" loading={pending} disabled={!form.isDirty()}>
                  {t('common.action.save')}
                </Button>
                {form.isDirty() && (
                  <Button variant="subtle" color="gray" onClick={() => form.reset()}>
                    {t('common.action.undo')}
                  </Button>
                )}
              </Group>
              <Text size="sm" c="dimmed" mt={6}>
                {t('crm.form.hint')}
              </Text>
            </div>
          )}
        </Stack>
      </Fieldset>
    </form>
  );
}
