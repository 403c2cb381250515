import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportInput } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { Chart } from '../charts/Chart';
import { groupedBars } from '../charts/options';
import { useFigures } from '../hooks/useFigures';
import { useLevel } from '../hooks/useLevel';
import { useReportWords } from '../hooks/useReportWords';
import type { TableData } from '../hooks/useTable';
import { DataTable } from './DataTable';

const mostRows = 8;

/** One metric under all chosen models, for the first rows of the table. */
export function ModelsChart({ input, metric }: { input: ReportInput; metric: string }) {
  const { t } = useTranslation();
  const { result, retry } = useLevel({ ...input, compare: undefined, path: [], limit: mostRows, offset: 0 });
  return (
    <Panel title={t('reports.models.chartTitle')} lead={t('reports.models.chartLead')}>
      <Loaded result={result} onRetry={retry}>
        {(table) => <Bars table={table} metric={metric} dimension={input.dimensions[0] ?? ''} />}
      </Loaded>
    </Panel>
  );
}

function Bars({ table, metric, dimension }: { table: TableData; metric: string; dimension: string }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFigures();
  const columns = useMemo(
    () =>
      table.columns.flatMap((column, index) => (column.metric.id === metric ? [{ ...column, index }] : [])),
    [table, metric],
  );
  const names = useMemo(() => table.rows.map((row) => words.row(dimension, row)), [table, words, dimension]);
  const option = useMemo(
    () =>
      groupedBars({
        names,
        series: columns.map(({ metric, model, index }) => ({
          name: words.model(model ?? ''),
          values: table.rows.map(({ values }) => values[index] ?? null),
          kind: 'bar',
          format: (value) => format.figure(value, metric.type),
        })),
      }),
    [names, columns, table, words, format],
  );
  const name = columns[0] ? words.metric(columns[0].metric) : '';
  const title = `${t('reports.models.chartTitle')}: ${name}`;
  return (
    <Chart title={title} option={option}>
      <DataTable
        title={title}
        head={[words.dimension(dimension), ...columns.map(({ model }) => words.model(model ?? ''))]}
        rows={table.rows.map((row, at) => ({
          key: row.key,
          cells: [
            names[at],
            ...columns.map(({ metric, index }) => format.figure(row.values[index] ?? null, metric.type)),
          ],
        }))}
      />
    </Chart>
  );
}
