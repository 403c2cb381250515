import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { SiteFieldsFragment } from '@/graphql/generated/graphql';
import { cleanDomain, isDomain, isIpOrNetwork, linesOf } from '../domain';
import { isWithin, limits, type SettingsValues, settingsOf } from '../settingsForm';

/** The settings form of a site with its checks. */
export function useSettingsForm(site: SiteFieldsFragment) {
  const { t } = useTranslation();
  const within = (limit: { min: number; max: number }) => (value: number | string) =>
    isWithin(value, limit) ? null : t('common.form.range', limit);
  const firstWrong = (text: string, isRight: (line: string) => boolean) => {
    const wrong = linesOf(text).find((line) => !isRight(line));
    return wrong === undefined ? null : t('sites.settings.wrongLine', { line: wrong });
  };
  return useForm<SettingsValues>({
    initialValues: settingsOf(site),
    validate: {
      domain: (text) => (isDomain(cleanDomain(text)) ? null : t('sites.form.domainInvalid')),
      cookieLifetimeDays: within(limits.cookieLifetimeDays),
      campaignLifetimeDays: within(limits.campaignLifetimeDays),
      sessionTimeoutMinutes: within(limits.sessionTimeoutMinutes),
      ignoredIps: (text) => firstWrong(text, isIpOrNetwork),
      excludedReferrers: (text) => firstWrong(text, (line) => isDomain(cleanDomain(line))),
      conditionWeights: { weight: within(limits.weight) },
    },
  });
}
