import { Group, SegmentedControl } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ChannelEffectsDocument, type ChannelEffectsQuery, type PathUnit } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { Chart } from '../charts/Chart';
import { groupedBars } from '../charts/options';
import { conditionsOf } from '../request';
import { useFigures } from '../hooks/useFigures';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { Unit } from '../state';
import { DataTable } from './DataTable';
import { UnitSelect } from './UnitSelect';

const context = { additionalTypenames: ['Deal'] };
const orders = [1, 2, 3] as const;

/** What would be without a channel: removal effect, Markov and Shapley. */
export function EffectsPanel() {
  const { t } = useTranslation();
  const words = useReportWords();
  const { kind, state, today, change } = useReportPage();
  const unit = state.unit ?? 'channel';
  const order = orders.find((known) => known === state.order) ?? 1;
  const [result, retry] = useQuery({
    query: ChannelEffectsDocument,
    variables: {
      input: {
        ...conditionsOf(kind, state, today),
        compare: undefined,
        dimensions: [unit],
        columns: [{ metric: 'deals' }],
      },
      unit: unit.toUpperCase() as PathUnit,
      order,
    },
    context,
  });
  return (
    <Panel title={t('reports.models.effectsTitle')} lead={words.term('reports.models.effectsLead')}>
      <Group gap="sm">
        <UnitSelect label={t('reports.models.unit')} />
        <SegmentedControl
          aria-label={t('reports.models.order')}
          value={String(order)}
          onChange={(value) => change({ order: value === '1' ? undefined : Number(value) })}
          data={orders.map((value) => ({ value: String(value), label: t(`reports.models.order${value}`) }))}
        />
      </Group>
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ channelEffects }) =>
          channelEffects.length === 0 ? (
            <EmptyState
              icon={IconScale}
              title={t('reports.paths.emptyTitle')}
              text={words.term('reports.paths.emptyText')}
            />
          ) : (
            <Effects effects={channelEffects} unit={unit} />
          )
        }
      </Loaded>
    </Panel>
  );
}

const mostBars = 10;

function Effects({ effects, unit }: { effects: ChannelEffectsQuery['channelEffects']; unit: Unit }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFigures();
  const title = t('reports.models.effectsTitle');
  const option = useMemo(() => {
    const first = effects.slice(0, mostBars);
    const series = (name: string, values: number[]) => ({
      name,
      values,
      kind: 'bar' as const,
      format: (value: number) => format.figure(value, 'COUNT'),
    });
    return groupedBars({
      names: first.map((effect) => words.row(unit, effect)),
      series: [
        series(
          words.term('reports.models.markovDeals'),
          first.map(({ markovDeals }) => markovDeals),
        ),
        series(
          words.term('reports.models.shapleyDeals'),
          first.map(({ shapleyDeals }) => shapleyDeals),
        ),
      ],
    });
  }, [effects, words, unit, format]);
  return (
    <Chart title={title} option={option} isOpen>
      <DataTable
        title={title}
        head={[
          t('reports.models.effectName'),
          t('reports.models.removal'),
          words.term('reports.models.markovDeals'),
          t('reports.models.markovRevenue'),
          words.term('reports.models.shapleyDeals'),
          t('reports.models.shapleyRevenue'),
        ]}
        rows={effects.map((effect) => ({
          key: effect.key,
          cells: [
            words.row(unit, effect),
            format.percent(effect.removalEffect * 100),
            format.figure(effect.markovDeals, 'COUNT'),
            format.money(effect.markovRevenue),
            format.figure(effect.shapleyDeals, 'COUNT'),
            format.money(effect.shapleyRevenue),
          ],
        }))}
      />
    </Chart>
  );
}
