import { Text } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useMemo } from 'react';
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
import type { TableData } from '../hooks/useTable';
import { DataTable } from './DataTable';

const dimension = 'deal_cycle';

/** How long won deals took. */
export function DealCycle() {
  const words = useReportWords();
  const format = useFigures();
  const { kind, state, today } = useReportPage();
  const { result, retry } = useLevel({
    ...conditionsOf(kind, state, today),
    compare: undefined,
    dimensions: [dimension],
    columns: [{ metric: 'deals_won' }, { metric: 'cycle' }],
    limit: 100,
  });
  return (
    <Panel title={words.term('reports.deals.cycleTitle')}>
      <Loaded result={result} onRetry={retry}>
        {(table) => (
          <>
            <Text>
              {words.metric({ id: 'cycle', title: '' })}:{' '}
              <b>{format.figure(table.totals[1] ?? null, 'DAYS')}</b>
            </Text>
            <CycleChart table={table} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function CycleChart({ table }: { table: TableData }) {
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
  return (
    <Chart title={title} option={option}>
      <DataTable
        title={title}
        head={[words.dimension(dimension), words.metric({ id: 'deals_won', title: '' })]}
        rows={rows.map((row) => ({
          key: row.key,
          cells: [words.row(dimension, row), format.figure(row.values[0] ?? null, 'COUNT')],
        }))}
      />
    </Chart>
  );
}
