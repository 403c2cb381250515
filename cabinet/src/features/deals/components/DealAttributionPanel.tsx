import { Select, SimpleGrid, Text } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useModels } from '@/features/models/useModels';
import { AttributionTouches } from './AttributionTouches';
import { DealAttributionDocument, type DealQuery } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { useCan } from '@/features/session/hooks/useCan';
import { type AttributionChoice, readAttributionChoice } from '../filters';
import { NoSource } from './NoSource';

const route = getRouteApi('/shell/deals/$dealId');
const conversions = {
  deal: 'LAST_BEFORE_DEAL',
  contact: 'LAST_BEFORE_CONTACT',
  lead: 'LAST_BEFORE_LEAD',
} as const;
const spans = [7, 14, 30, 60, 90, 180, 365];
const context = { additionalTypenames: ['Deal', 'Crm', 'AttributionModel', 'ReportSettings'] };

/** Which advertising led to a deal, under a model of choice; the choice is kept in the address. */
export function DealAttributionPanel({ deal }: { deal: DealQuery['deal'] }) {
  const { t } = useTranslation();
  const isAnalyst = useCan('ANALYST');
  const choice = route.useSearch();
  const navigate = useNavigate();
  const models = useModels();
  const model = choice.model ?? 'last_click';
  const [result, retry] = useQuery({
    query: DealAttributionDocument,
    variables: {
      id: deal.id,
      model,
      conversionModel: choice.conversion ? conversions[choice.conversion] : null,
      lookbackDays: choice.days ?? null,
    },
    context,
  });
  const change = (to: { [Name in keyof AttributionChoice]?: AttributionChoice[Name] | undefined }) =>
    void navigate({
      to: '/deals/$dealId',
      params: { dealId: deal.id },
      search: readAttributionChoice({ ...choice, ...to }),
      replace: true,
      resetScroll: false,
    });
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('common.action.clear') } };
  const names = models.ids.includes(model) ? models.ids : [model, ...models.ids];
  return (
    <Panel
      title={t('deals.attribution.title')}
      lead={
        <>
          {t('deals.attribution.lead')}{' '}
          {isAnalyst && (
            <TextLink to="/reports/models-guide" size="sm" underline="always">
              {t('deals.attribution.guide')}
            </TextLink>
          )}
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <Select
          label={t('deals.attribution.model')}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t('common.state.nothingFound')}
          data={names.map((id) => ({ value: id, label: models.nameOf(id) }))}
          value={model}
          onChange={(id) => change({ model: id === null || id === 'last_click' ? undefined : id })}
        />
        <Select
          label={t('deals.attribution.conversion')}
          placeholder={t('deals.attribution.asCrm')}
          {...clear}
          data={(['contact', 'deal', 'lead'] as const).map((value) => ({
            value,
            label: t(`crm.conversion.${conversions[value]}`),
          }))}
          value={choice.conversion ?? null}
          onChange={(value) =>
            change({ conversion: (value as AttributionChoice['conversion']) ?? undefined })
          }
        />
        <Select
          label={t('deals.attribution.lookback')}
          placeholder={t('deals.attribution.asSettings')}
          {...clear}
          data={[...new Set([...spans, ...(choice.days ? [choice.days] : [])])]
            .sort((a, b) => a - b)
            .map((days) => ({ value: String(days), label: t('deals.attribution.days', { count: days }) }))}
          value={choice.days ? String(choice.days) : null}
          onChange={(days) => change({ days: days === null ? undefined : Number(days) })}
        />
      </SimpleGrid>
      <Loaded result={result} onRetry={() => retry()}>
        {({ deal: { attribution } }) => (
          <div className={result.stale || result.fetching ? 'stale' : undefined} role="status">
            <Text size="sm" c="dimmed" mb="sm">
              {t('deals.attribution.moment')} <Moment at={attribution.moment} />
              {attribution.decidingCommunicationId === null && ` ${t('deals.attribution.noDeciding')}`}
            </Text>
            {attribution.touches.length === 0 ? (
              deal.match === null ? (
                <Text size="sm">{t('deals.attribution.pending')}</Text>
              ) : deal.path.length === 0 ? (
                <NoSource deal={deal} />
              ) : (
                <Text size="sm">{t('deals.attribution.outside')}</Text>
              )
            ) : (
              <AttributionTouches touches={attribution.touches} currency={deal.revenue.currency} />
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
