import { SegmentedControl, Stack } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { ReportInput } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { Chart } from '../charts/Chart';
import { timeChart } from '../charts/options';
import { shortDayName } from '../labels';
import { pointsOf, type Step, stepFor, steps } from '../period';
import { conditionsOf, shownPeriod } from '../request';
import type { Figure } from '../rows';
import { useFigures } from '../hooks/useFigures';
import { useLevel } from '../hooks/useLevel';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { Column, DrillTarget, TableData } from '../hooks/useTable';
import { DataTable } from './DataTable';
import { DrillDrawer } from './DrillDrawer';
import { FigureButton } from './FigureButton';

const shown = ['deals', 'deals_won', 'revenue', 'cpd'];
const dimensionOf: Record<Step, string> = { day: 'date', week: 'week', month: 'month' };

/** Deals and money over time. */
export function DealDynamics() {
  const { t } = useTranslation();
  const words = useReportWords();
  const { kind, state, today, change } = useReportPage();
  const period = shownPeriod(state, today);
  const step = state.step ?? stepFor(period);
  const [drill, setDrill] = useState<DrillTarget>();
  const input: ReportInput = {
    ...conditionsOf(kind, state, today),
    compare: undefined,
    dimensions: [dimensionOf[step]],
    columns: shown.map((metric) => ({ metric })),
  };
  const { result, retry } = useLevel({ ...input, limit: 1000 });
  const points = pointsOf(period, step);
  return (
    <Stack>
      <SegmentedControl
        aria-label={t('reports.deals.step')}
        w="fit-content"
        value={step}
        onChange={(value) => change({ step: value as Step })}
        data={steps.map((value) => ({ value, label: t(`reports.deals.${value}`) }))}
      />
      <Loaded result={result} onRetry={retry}>
        {(table) =>
          table.rows.length === 0 ? (
            <EmptyState
              icon={IconChartLine}
              title={words.term('reports.deals.emptyTitle')}
              text={words.term('reports.deals.emptyText')}
            />
          ) : (
            <>
              <Panel title={words.term('reports.deals.dynamics')}>
                <TimeChart
                  title={words.term('reports.deals.dynamics')}
                  table={table}
                  points={points}
                  dimension={dimensionOf[step]}
                  metrics={['deals', 'deals_won']}
                  onDrill={(target) => setDrill({ ...target, input })}
                />
              </Panel>
              <Panel title={t('reports.deals.dynamicsMoney')}>
                <TimeChart
                  title={t('reports.deals.dynamicsMoney')}
                  table={table}
                  points={points}
                  dimension={dimensionOf[step]}
                  metrics={['revenue', 'cpd']}
                  onDrill={(target) => setDrill({ ...target, input })}
                />
              </Panel>
              <DrillDrawer target={drill} onClose={() => setDrill(undefined)} />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

interface TimeChartProps {
  title: string;
  table: TableData;
  points: string[];
  dimension: string;
  metrics: string[];
  onDrill: (target: Omit<DrillTarget, 'input'>) => void;
}

function TimeChart({ title, table, points, dimension, metrics, onDrill }: TimeChartProps) {
  const words = useReportWords();
  const format = useFigures();
  const { locale } = useFormat();
  const key = points.join();
  const series = useMemo(() => {
    const rows = new Map(table.rows.map((row) => [row.key, row.values]));
    const days = key.split(',');
    return metrics.flatMap((id) => {
      const index = table.columns.findIndex(({ metric }) => metric.id === id);
      const column = table.columns[index];
      return column ? [{ column, index, values: days.map((day) => valueAt(rows, day, index, column)) }] : [];
    });
  }, [table, key, metrics]);
  const option = useMemo(
    () =>
      timeChart({
        points: key.split(',').map((day) => shortDayName(day, locale)),
        series: series.map(({ column, values }) => ({
          name: words.metric(column.metric),
          values,
          kind: column.metric.isAdditive ? 'bar' : 'line',
          isAside: !column.metric.isAdditive && series.length > 1,
          format: (value) => format.figure(value, column.metric.type),
        })),
      }),
    [key, locale, series, words, format],
  );
  return (
    <Chart title={title} option={option}>
      <DataTable
        title={title}
        head={[words.dimension(dimension), ...series.map(({ column }) => words.metric(column.metric))]}
        rows={points.map((day, at) => {
          const name = words.row(dimension, { key: day, label: day });
          return {
            key: day,
            cells: [
              name,
              ...series.map(({ column, index, values }) => {
                const value = values[at] ?? null;
                const open = () => onDrill({ path: [day], labels: [name], column, index, value });
                return (
                  <FigureButton
                    key={column.metric.id}
                    value={value}
                    type={column.metric.type}
                    onDrill={column.metric.fact === null ? undefined : open}
                  />
                );
              }),
            ],
          };
        })}
      />
    </Chart>
  );
}

/** A step without deals has none of what is counted, and nothing of what is derived. */
function valueAt(rows: Map<string, Figure[]>, day: string, index: number, { metric }: Column): Figure {
  return rows.get(day)?.[index] ?? (metric.isAdditive ? 0 : null);
}
