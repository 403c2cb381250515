import { Text } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { ReportInput } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { Chart } from '../charts/Chart';
import { plainBars } from '../charts/options';
import { conditionsOf } from '../request';
import { useFigures } from '../hooks/useFigures';
import { useLevel } from '../hooks/useLevel';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { DrillTarget, TableData } from '../hooks/useTable';
import { DataTable } from './DataTable';
import { DrillDrawer } from './DrillDrawer';
import { FigureButton } from './FigureButton';

const dimension = 'deal_cycle';

/** How long won deals took. */
export function DealCycle() {
  const words = useReportWords();
  const format = useFigures();
  const { kind, state, today } = useReportPage();
  const input: ReportInput = {
    ...conditionsOf(kind, state, today),
    compare: undefined,
    dimensions: [dimension],
    columns: [{ metric: 'deals_won' }, { metric: 'cycle' }],
  };
  const { result, retry } = useLevel({ ...input, limit: 100 });
  return (
    <Panel title={words.term('reports.deals.cycleTitle')}>
      <Loaded result={result} onRetry={retry}>
        {(table) => (
          <>
            <Text>
              {words.metric({ id: 'cycle', title: '' })}:{' '}
              <b>{format.figure(table.totals[1] ?? null, 'DAYS')}</b>
            </Text>
            <CycleChart table={table} input={input} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function CycleChart({ table, input }: { table: TableData; input: ReportInput }) {
  const [drill, setDrill] = useState<DrillTarget>();
  const words = useReportWords();
  const format = useFigures();
  const title = words.term('reports.deals.cycleTitle');
  const rows = useMemo(() => table.rows.filter(({ key }) => key !== ''), [table]);
  const option = useMemo(
    () =>
      plainBars(
        rows.map((row) => words.row(dimension, row)),
        {
          name: words.metric({ id: 'deals_won', title: '' }),
          values: rows.map(({ values }) => values[0] ?? null),
          kind: 'bar',
          format: (value) => format.figure(value, 'COUNT'),
        },
      ),
    [rows, words, format],
  );
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={IconChartBar}
        title={words.term('reports.deals.emptyTitle')}
        text={words.term('reports.deals.emptyText')}
      />
    );
  }
  const [column] = table.columns;
  return (
    <>
      <Chart title={title} option={option}>
        <DataTable
          title={title}
          head={[words.dimension(dimension), words.metric({ id: 'deals_won', title: '' })]}
          rows={rows.map((row) => {
            const name = words.row(dimension, row);
            const value = row.values[0] ?? null;
            const open =
              column && (() => setDrill({ input, path: [row.key], labels: [name], column, index: 0, value }));
            return {
              key: row.key,
              cells: [name, <FigureButton key="deals" value={value} type="COUNT" onDrill={open} />],
            };
          })}
        />
      </Chart>
      <DrillDrawer target={drill} onClose={() => setDrill(undefined)} />
    </>
  );
}
