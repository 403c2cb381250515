import { formatDuration } from '@/format/numbers';
import type { Locale } from '@/format/locale';
import type { ValueType } from '@/graphql/generated/graphql';
import type { Figure } from './rows';

/** In place of a figure that is not defined. */
export const undefinedFigure = '—';

/** A figure as people read it; `currency` is the account's. */
export function formatFigure(value: Figure, type: ValueType, locale: Locale, currency: string): string {
  if (value === null) {
    return undefinedFigure;
  }
  switch (type) {
    case 'MONEY':
      return formatMinor(value, locale, currency);
    case 'PERCENT':
      return formatPercent(value, locale);
    case 'SECONDS':
      return formatDuration(value, locale);
    case 'DAYS':
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: 'day',
        unitDisplay: 'short',
        maximumFractionDigits: 1,
      }).format(value);
    case 'COUNT':
    case 'NUMBER':
      return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
  }
}

/** Minor units of a currency: `1 250,50 ₽`; whole amounts without a fraction. */
export function formatMinor(value: number, locale: Locale, currency: string): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  } as Intl.NumberFormatOptions);
  return format.format(Math.round(value) / minorPerMajor(currency));
}

/** How many minor units make one of a currency. */
export function minorPerMajor(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return 10 ** maximumFractionDigits;
}

/** `12.5` as `12,5 %`; small ones with another digit. */
export function formatPercent(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: Math.abs(value) < 1 ? 2 : 1,
  }).format(value / 100);
}

/** How a figure differs from another. */
export interface Change {
  absolute: number;
  /** Percent of the other; null when that is zero. */
  percent: number | null;
}

/** How `value` differs from `reference`; null when either is not defined. */
export function changeOf(value: Figure, reference: Figure | undefined): Change | null {
  if (value === null || reference === null || reference === undefined) {
    return null;
  }
  const absolute = value - reference;
  if (reference === 0) {
    return { absolute, percent: absolute === 0 ? 0 : null };
  }
  return { absolute, percent: (absolute / Math.abs(reference)) * 100 };
}

/** A difference in percent with its sign: `+12,5 %`, `−3 %`. */
export function formatSignedPercent(percent: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: Math.abs(percent) < 10 ? 1 : 0,
    signDisplay: 'exceptZero',
  }).format(percent / 100);
}

/** A difference in the figure's own unit with its sign. */
export function formatSigned(value: number, type: ValueType, locale: Locale, currency: string): string {
  const text = formatFigure(Math.abs(value), type, locale, currency);
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
}

const betterDown = new Set([
  'bounces',
  'bounce_rate',
  'cpc',
  'cpv',
  'cpa',
  'cpa_call',
  'cpa_chat',
  'cpa_request',
  'cpa_goal',
  'cpl',
  'cpd',
  'cac',
  'drr',
  'cycle',
  'deals_lost',
  'deals_without_source',
  'deals_without_source_share',
  'deals_without_campaign',
  'deals_without_campaign_share',
  'revenue_without_campaign',
]);
const neutral = new Set(['cost', 'clicks', 'impressions', 'time_on_site', 'depth', 'deals_open']);

/** Whether a change of a metric is good news, bad news or neither. */
export function moodOf(metric: string, change: number): 'good' | 'bad' | 'none' {
  if (change === 0 || neutral.has(metric) || metric.startsWith('formula:')) {
    return 'none';
  }
  const isDownBetter = betterDown.has(metric) || metric.startsWith('stage_cost:');
  return change > 0 === isDownBetter ? 'bad' : 'good';
}
