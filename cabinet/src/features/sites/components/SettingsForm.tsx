import {
  Button,
  Fieldset,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { type SiteFieldsFragment, UpdateSiteDocument } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { useSettingsForm } from '../hooks/useSettingsForm';
import { limits, settingsInput, settingsOf } from '../settingsForm';
import { WeightFields } from './WeightFields';

/** The settings of a site; those who may not change them see them. */
export function SettingsForm({ site, readOnly }: { site: SiteFieldsFragment; readOnly: boolean }) {
  const { t } = useTranslation();
  const form = useSettingsForm(site);
  const [, update] = useMutation(UpdateSiteDocument);
  const { pending, error, submit } = useSubmit();
  const toggle = (
    name: 'shareSubdomains' | 'respectDoNotTrack' | 'requireConsent' | 'dynamicalReplacement',
  ) => (
    <Switch
      label={t(`sites.settings.${name}`)}
      description={t(`sites.settings.${name}Hint`)}
      {...form.getInputProps(name, { type: 'checkbox' })}
    />
  );
  const number = (name: 'cookieLifetimeDays' | 'campaignLifetimeDays' | 'sessionTimeoutMinutes') => (
    <NumberInput
      label={t(`sites.settings.${name}`)}
      description={t(`sites.settings.${name}Hint`)}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      hideControls
      required
      {...limits[name]}
      {...form.getInputProps(name)}
    />
  );
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        void submit({
          form,
          send: () => update({ input: settingsInput(site.id, values) }),
          done: (data) => {
            form.setValues(settingsOf(data.updateSite.site));
            form.resetDirty();
            notifications.show({ message: t('common.state.saved') });
          },
        });
      })}
    >
      <Fieldset variant="unstyled" className="bare" disabled={readOnly}>
        <Stack gap="md">
          <Panel title={t('sites.settings.general')}>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput label={t('sites.form.name')} {...form.getInputProps('name')} />
              <TextInput label={t('sites.form.domain')} required {...form.getInputProps('domain')} />
            </SimpleGrid>
          </Panel>
          <Panel title={t('sites.settings.visits')}>
            <SimpleGrid cols={{ base: 1, sm: 3 }}>
              {number('cookieLifetimeDays')}
              {number('campaignLifetimeDays')}
              {number('sessionTimeoutMinutes')}
            </SimpleGrid>
            {toggle('shareSubdomains')}
            {toggle('dynamicalReplacement')}
          </Panel>
          <Panel title={t('sites.settings.privacy')}>
            {toggle('respectDoNotTrack')}
            {toggle('requireConsent')}
          </Panel>
          <Panel title={t('sites.settings.ignored')}>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <Textarea
                label={t('sites.settings.ignoredIps')}
                description={t('sites.settings.ignoredIpsHint')}
                autosize
                minRows={3}
                maxRows={12}
                {...form.getInputProps('ignoredIps')}
              />
              <Textarea
                label={t('sites.settings.excludedReferrers')}
                description={t('sites.settings.excludedReferrersHint')}
                autosize
                minRows={3}
                maxRows={12}
                {...form.getInputProps('excludedReferrers')}
              />
            </SimpleGrid>
          </Panel>
          <Panel title={t('sites.settings.weights')} lead={t('sites.settings.weightsHint')}>
            <WeightFields form={form} />
          </Panel>
          <ProblemAlert error={error} />
          {!readOnly && (
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
          )}
        </Stack>
      </Fieldset>
    </form>
  );
}
