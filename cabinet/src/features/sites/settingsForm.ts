import type { ConditionParameter, SiteFieldsFragment, UpdateSiteInput } from '@/graphql/generated/graphql';
import { cleanDomain, linesOf } from './domain';

/** The settings of a site as its form holds them. */
export interface SettingsValues {
  name: string;
  domain: string;
  cookieLifetimeDays: number | string;
  campaignLifetimeDays: number | string;
  sessionTimeoutMinutes: number | string;
  shareSubdomains: boolean;
  respectDoNotTrack: boolean;
  requireConsent: boolean;
  dynamicalReplacement: boolean;
  /** One address or network a line. */
  ignoredIps: string;
  /** One domain a line. */
  excludedReferrers: string;
  conditionWeights: { parameter: ConditionParameter; weight: number | string }[];
}

/** Limits of the numeric settings. */
export const limits = {
  cookieLifetimeDays: { min: 1, max: 730 },
  campaignLifetimeDays: { min: 1, max: 730 },
  sessionTimeoutMinutes: { min: 5, max: 240 },
  weight: { min: 0, max: 100 },
} as const;

/** Fills the form from a site. */
export function settingsOf(site: SiteFieldsFragment): SettingsValues {
  const { settings } = site;
  return {
    name: site.name,
    domain: site.domain,
    cookieLifetimeDays: settings.cookieLifetimeDays,
    campaignLifetimeDays: settings.campaignLifetimeDays,
    sessionTimeoutMinutes: settings.sessionTimeoutMinutes,
    shareSubdomains: settings.shareSubdomains,
    respectDoNotTrack: settings.respectDoNotTrack,
    requireConsent: settings.requireConsent,
    dynamicalReplacement: settings.dynamicalReplacement,
    ignoredIps: settings.ignoredIps.join('\n'),
    excludedReferrers: settings.excludedReferrers.join('\n'),
    conditionWeights: settings.conditionWeights.map(({ parameter, weight }) => ({ parameter, weight })),
  };
}

/** What to send: everything the form holds, cleaned. */
export function settingsInput(id: string, values: SettingsValues): UpdateSiteInput {
  const domain = cleanDomain(values.domain);
  return {
    id,
    name: values.name.trim() || domain,
    domain,
    cookieLifetimeDays: Number(values.cookieLifetimeDays),
    campaignLifetimeDays: Number(values.campaignLifetimeDays),
    sessionTimeoutMinutes: Number(values.sessionTimeoutMinutes),
    shareSubdomains: values.shareSubdomains,
    respectDoNotTrack: values.respectDoNotTrack,
    requireConsent: values.requireConsent,
    dynamicalReplacement: values.dynamicalReplacement,
    ignoredIps: linesOf(values.ignoredIps),
    excludedReferrers: linesOf(values.excludedReferrers).map(cleanDomain),
    conditionWeights: values.conditionWeights.map(({ parameter, weight }) => ({
      parameter,
      weight: Number(weight),
    })),
  };
}

/** Whether a typed number is whole and within limits. */
export function isWithin(value: number | string, { min, max }: { min: number; max: number }): boolean {
  const number = typeof value === 'number' ? value : Number(value.trim() === '' ? Number.NaN : value);
  return Number.isInteger(number) && number >= min && number <= max;
}
