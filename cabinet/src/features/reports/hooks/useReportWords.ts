import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { goalName } from '@/features/goals/goalName';
import { useFormat } from '@/format/useFormat';
import type { ReportModelsQuery } from '@/graphql/generated/graphql';
import { codeName, communicationWords, dayName, hourName, rangeOf, weekdayName } from '../labels';
import { weekStart } from '../period';
import type { Metric } from '../request';
import { useModels } from './useModels';
import { useTerms } from './useTerms';

/** Names of everything a report shows, in the reader's language and the CRM's terms. */
export function useReportWords() {
  const { t, i18n } = useTranslation();
  const { locale } = useFormat();
  const { terms, funnelOfStage } = useTerms();
  const models = useModels();
  return useMemo(() => {
    const known = (key: string) => (i18n.exists(key) ? t(key as never) : undefined);
    // Ids such as `stage:12` name nothing in the texts, and a colon would be read as a namespace.
    const word = (id: string, ordinary: string, appointments?: string) =>
      /^\w+$/.test(id)
        ? ((appointments && terms === 'APPOINTMENTS' ? known(appointments) : undefined) ?? known(ordinary))
        : undefined;
    const metric = ({ id, title }: Pick<Metric, 'id' | 'title'>) =>
      stageWord(id, title, t) ||
      title ||
      (word(id, `reports.metric.${id}`, `reports.metricAppointments.${id}`) ?? id);
    const dimension = (id: string) =>
      word(id, `reports.dimension.${id}`, `reports.dimensionAppointments.${id}`) ?? id;
    const model = (id: string) => modelName(id, models, (key) => word(key, `reports.model.${key}`));
    return {
      terms,
      metric,
      dimension,
      model,
      metricGroup: (id: string) => word(id, `reports.metricGroup.${id}`) ?? t('reports.metricGroup.other'),
      dimensionGroup: (id: string) =>
        word(id, `reports.dimensionGroup.${id}`) ?? t('reports.dimensionGroup.other'),
      /** The words of a row. */
      row: (dimensionId: string, row: { key: string; label: string }) =>
        row.key === ''
          ? (word(dimensionId, `reports.none.${dimensionId}`) ?? t('reports.none.other'))
          : (keyWord(dimensionId, row.key, t, locale) ??
            (dimensionId === 'goal' ? goalName(row.label, t) : undefined) ??
            withFunnel(dimensionId, row.key, row.label || row.key, funnelOfStage)),
      /** A text, in the CRM's terms where there are words of their own for them. */
      term: (key: string, values: Record<string, string | number> = {}) => {
        const [, topic = '', id = ''] = key.split('.');
        const renamed = terms === 'APPOINTMENTS' ? appointments[topic]?.(id) : undefined;
        return t((renamed && i18n.exists(renamed) ? renamed : key) as never, values) as string;
      },
    };
  }, [t, i18n, locale, terms, funnelOfStage, models]);
}

/** See `useReportWords`. */
export type ReportWords = ReturnType<typeof useReportWords>;

/** Texts that speak of appointments, by their topic. */
const appointments: Record<string, (id: string) => string> = {
  title: (id) => `reports.titleAppointments.${id}`,
  lead: (id) => `reports.leadAppointments.${id}`,
  settings: (id) => `reports.settingsAppointments.${id}`,
  deals: (id) => `reports.dealsAppointments.${id}`,
  paths: (id) => `reports.pathsAppointments.${id}`,
  models: (id) => `reports.modelsAppointments.${id}`,
};

/** Deals that reached a stage, and what one cost there. */
function stageWord(id: string, name: string, t: TFunction): string | undefined {
  if (id.startsWith('stage:')) {
    return t('reports.value.stage', { name });
  }
  return id.startsWith('stage_cost:') ? t('reports.value.stageCost', { name }) : undefined;
}

/** Stages of one name are told apart by their funnels. */
function withFunnel(
  dimension: string,
  key: string,
  label: string,
  funnels: ReadonlyMap<string, string>,
): string {
  const funnel = dimension === 'deal_stage' || dimension === 'deal_last_stage' ? funnels.get(key) : undefined;
  return funnel === undefined ? label : `${label} (${funnel})`;
}

function modelName(
  id: string,
  models: ReportModelsQuery['attributionModels'],
  word: (id: string) => string | undefined,
): string {
  return models.find((model) => model.id === id)?.name || word(id) || id;
}

/** Words of keys that are the same in every account. */
function keyWord(
  dimension: string,
  key: string,
  t: TFunction,
  locale: Parameters<typeof dayName>[1],
): string | undefined {
  switch (dimension) {
    case 'channel':
      return t(`visitors.channel.${key.toUpperCase()}` as never, { defaultValue: key });
    case 'device':
      return t(`visitors.device.${key.toUpperCase()}` as never, { defaultValue: key });
    case 'communication_type':
      return t(`communications.kind.${communicationWords[key] ?? key}` as never, { defaultValue: key });
    case 'visitor_type':
    case 'deal_status':
      return t(`reports.value.${key}` as never, { defaultValue: key });
    case 'weekday':
      return weekdayName(key, locale);
    case 'hour':
      return hourName(key);
    case 'date':
    case 'deal_date':
    case 'month':
      return dayName(key, locale);
    case 'week': {
      const monday = weekStart(key);
      return monday && t('reports.value.week', { day: dayName(monday, locale) ?? monday });
    }
    case 'source':
      return key === '(direct)' ? t('visitors.channel.DIRECT') : undefined;
    case 'country':
      return codeName(key, 'region', locale);
    case 'language':
      return codeName(key, 'language', locale);
    case 'deal_cycle':
      return daysName(key, t);
    default:
      return undefined;
  }
}

function daysName(key: string, t: TFunction): string | undefined {
  const range = rangeOf(key);
  if (!range) {
    return undefined;
  }
  if (range.to === undefined) {
    return t('reports.value.daysFrom', { from: range.from });
  }
  return range.to === range.from
    ? t('reports.value.days', { count: range.from })
    : t('reports.value.dayRange', { from: range.from, to: range.to });
}
