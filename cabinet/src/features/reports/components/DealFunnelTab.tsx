import { Button, Stack } from '@mantine/core';
import { IconChartFunnel } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import {
  DealFunnelDocument,
  type DealFunnelQuery,
  ReportFunnelsDocument,
  type ReportInput,
} from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { Chart } from '../charts/Chart';
import { funnelChart } from '../charts/options';
import { changeOf, undefinedFigure } from '../figures';
import { conditionsOf } from '../request';
import { useFigures } from '../hooks/useFigures';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { DrillTarget } from '../hooks/useTable';
import { DataTable } from './DataTable';
import { DrillDrawer } from './DrillDrawer';
import { FigureButton } from './FigureButton';
import { OptionSelect } from './OptionSelect';

const context = { additionalTypenames: ['Deal', 'Funnel', 'Stage'] };

/** How the deals of one funnel went through its stages. */
export function DealFunnelTab() {
  const { t } = useTranslation();
  const { state, change } = useReportPage();
  const [result, retry] = useQuery({ query: ReportFunnelsDocument });
  return (
    <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
      {({ crms }) => {
        const funnels = crms.flatMap((crm) =>
          crm.funnels
            .filter(({ id }) => !state.funnels || state.funnels.includes(id))
            .map((funnel) => ({ ...funnel, crm: crm.name })),
        );
        const chosen =
          funnels.find(({ id }) => id === state.funnel) ??
          funnels.find(({ inReports }) => inReports) ??
          funnels[0];
        if (!chosen) {
          return (
            <EmptyState
              icon={IconChartFunnel}
              title={t('reports.deals.noFunnels')}
              text={t('reports.deals.noFunnelsText')}
              action={
                state.funnels && (
                  <Button variant="default" onClick={() => change({ funnels: undefined })}>
                    {t('reports.settings.reset')}
                  </Button>
                )
              }
            />
          );
        }
        return (
          <Stack>
            {funnels.length > 1 && (
              <OptionSelect
                label={t('reports.deals.funnelSelect')}
                value={chosen.id}
                data={funnels.map(({ id, name, crm }) => ({ value: id, label: `${name} (${crm})` }))}
                onChange={(funnel) => change({ funnel })}
                width={280}
              />
            )}
            <FunnelPanel funnelId={chosen.id} />
          </Stack>
        );
      }}
    </Loaded>
  );
}

function FunnelPanel({ funnelId }: { funnelId: string }) {
  const words = useReportWords();
  const { kind, state, today } = useReportPage();
  const input: ReportInput = {
    ...conditionsOf(kind, state, today),
    dimensions: ['deal_stage'],
    columns: [{ metric: 'deals' }],
    funnelIds: [funnelId],
  };
  const [result, retry] = useQuery({ query: DealFunnelDocument, variables: { input, funnelId }, context });
  return (
    <Panel title={words.term('reports.deals.funnelTitle')}>
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ dealFunnel }) =>
          (dealFunnel[0]?.deals ?? 0) === 0 ? (
            <EmptyState
              icon={IconChartFunnel}
              title={words.term('reports.deals.emptyTitle')}
              text={words.term('reports.deals.emptyText')}
            />
          ) : (
            <FunnelFigures stages={dealFunnel} input={input} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function FunnelFigures({ stages, input }: { stages: DealFunnelQuery['dealFunnel']; input: ReportInput }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFigures();
  const { catalog } = useReportPage();
  const [drill, setDrill] = useState<DrillTarget>();
  const title = words.term('reports.deals.funnelTitle');
  const option = useMemo(
    () =>
      funnelChart(
        stages
          .filter(({ stage }) => stage.status !== 'FAILED')
          .map(({ stage, deals }) => ({ name: stage.name, value: deals })),
        (value) => format.figure(value, 'COUNT'),
      ),
    [stages, format],
  );
  const drillInto = (id: string, dimension: string, path: string[], labels: string[], value: number) => {
    const metric = catalog.metrics.find((candidate) => candidate.id === id);
    return (
      metric &&
      (() =>
        setDrill({
          input: { ...input, dimensions: [dimension], columns: [{ metric: id }] },
          path,
          labels,
          column: { metric, model: null },
          index: 0,
          value,
        }))
    );
  };
  const table = (
    <DataTable
      title={title}
      head={[
        t('reports.deals.stage'),
        t('reports.deals.reached'),
        t('reports.deals.fromPrevious'),
        t('reports.deals.fromFirst'),
        t('reports.deals.lost'),
        words.term('reports.deals.costPerDeal'),
        t('reports.deals.costChange'),
      ]}
      rows={stages.map((figure, index) => {
        const isLost = figure.stage.status === 'FAILED';
        const change = isLost ? null : changeOf(figure.costPerDeal, stages[index - 1]?.costPerDeal);
        return {
          key: figure.stage.id,
          cells: [
            figure.stage.name,
            <FigureButton
              key="reached"
              value={figure.deals}
              type="COUNT"
              onDrill={drillInto(`stage:${figure.stage.id}`, 'deal_stage', [], [], figure.deals)}
            />,
            format.percent(figure.fromPrevious),
            format.percent(figure.fromFirst),
            isLost ? (
              undefinedFigure
            ) : (
              <FigureButton
                key="lost"
                value={figure.lost}
                type="COUNT"
                onDrill={drillInto(
                  'deals_lost',
                  'deal_last_stage',
                  [figure.stage.id],
                  [figure.stage.name],
                  figure.lost,
                )}
              />
            ),
            format.money(figure.costPerDeal),
            change?.percent === null || change?.percent === undefined
              ? undefinedFigure
              : format.signedPercent(change.percent),
          ],
        };
      })}
    />
  );
  return (
    <>
      <Chart title={title} option={option} height={Math.max(220, stages.length * 56)} isOpen>
        {table}
      </Chart>
      <DrillDrawer target={drill} onClose={() => setDrill(undefined)} />
    </>
  );
}
