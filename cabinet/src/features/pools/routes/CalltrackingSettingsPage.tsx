import { Button, Group, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import {
  CalltrackingSettingsDocument,
  type CalltrackingSettingsFieldsFragment,
  UpdateCalltrackingSettingsDocument,
} from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { PoolsTabs } from '../components/PoolsTabs';
import {
  changedSettings,
  isSetting,
  settingGroups,
  settingLimits,
  type SettingName,
  type SettingValues,
} from '../settingsForm';

const route = getRouteApi('/shell/pools/settings');
const context = { additionalTypenames: ['CalltrackingSettings'] };

/** The constants of calltracking, each with what it does. */
export function CalltrackingSettingsPage() {
  const { t } = useTranslation();
  const { site } = route.useSearch();
  const [result, retry] = useQuery({ query: CalltrackingSettingsDocument, context });
  return (
    <Page title={t('pools.settings.title')} lead={t('pools.settings.lead')}>
      <PoolsTabs site={site} />
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ calltrackingSettings }) => <SettingsForm settings={calltrackingSettings} />}
      </Loaded>
    </Page>
  );
}

function SettingsForm({ settings }: { settings: CalltrackingSettingsFieldsFragment }) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const [, update] = useMutation(UpdateCalltrackingSettingsDocument);
  const { pending, error, submit } = useSubmit();
  const [isSaved, setSaved] = useState(false);
  const names = Object.keys(settingLimits) as SettingName[];
  const form = useForm<SettingValues>({
    initialValues: Object.fromEntries(names.map((name) => [name, settings[name]])) as SettingValues,
    validate: Object.fromEntries(
      names.map((name) => [
        name,
        (value: number | string) =>
          isSetting(name, value)
            ? null
            : settingLimits[name].step === 1
              ? t('common.form.range', { ...settingLimits[name] })
              : t('pools.sizing.range', { ...settingLimits[name] }),
      ]),
    ),
    onValuesChange: () => setSaved(false),
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        const input = changedSettings(settings, values);
        void submit({ form, send: () => update({ input }, context), done: () => setSaved(true) });
      })}
    >
      <Stack gap="lg">
        {(Object.keys(settingGroups) as (keyof typeof settingGroups)[]).map((group) => (
          <Panel key={group} title={t(`pools.settingGroup.${group}`)} lead={t(`pools.settingLead.${group}`)}>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
              {settingGroups[group].map((name) => (
                <NumberInput
                  key={name}
                  label={t(`pools.setting.${name}`)}
                  description={t(`pools.settingHint.${name}`)}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  allowDecimal={settingLimits[name].step < 1}
                  step={settingLimits[name].step}
                  readOnly={!canChange}
                  hideControls
                  {...form.getInputProps(name)}
                />
              ))}
            </SimpleGrid>
          </Panel>
        ))}
        <ProblemAlert error={error} />
        {canChange && (
          <Group>
            <Button type="submit" loading={pending}>
              {t('common.action.save')}
            </Button>
            <span role="status">{isSaved && t('common.state.saved')}</span>
          </Group>
        )}
      </Stack>
    </form>
  );
}
