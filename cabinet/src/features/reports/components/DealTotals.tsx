import { SimpleGrid, Text } from '@mantine/core';
import { useState } from 'react';
import { Loaded } from '@/ui/Loaded';
import { comparedPeriod, conditionsOf, shownDimensions } from '../request';
import { useLevel } from '../hooks/useLevel';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { DrillTarget } from '../hooks/useTable';
import classes from './DealTotals.module.css';
import { Delta } from './Delta';
import { DrillDrawer } from './DrillDrawer';
import { FigureButton } from './FigureButton';

const cards = [
  'deals',
  'deals_won',
  'deals_lost',
  'deals_open',
  'won_share',
  'revenue',
  'revenue_won',
  'average_bill',
  'cycle',
  'deal_contacts',
  'cost',
  'cpd',
  'deals_without_source',
  'deals_without_source_share',
  'deals_without_campaign',
  'deals_without_campaign_share',
];

/** The totals of the period, beside those of the one compared with. */
export function DealTotals() {
  const { kind, state, catalog, today } = useReportPage();
  const words = useReportWords();
  const [drill, setDrill] = useState<DrillTarget>();
  const input = {
    ...conditionsOf(kind, state, today),
    compare: comparedPeriod(state, today),
    dimensions: shownDimensions(state, catalog).slice(0, 1),
    columns: cards.map((metric) => ({ metric })),
    limit: 1,
  };
  const { result, retry } = useLevel(input);
  return (
    <Loaded result={result} onRetry={retry}>
      {(table) => (
        <>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }} spacing="sm">
            {table.columns.map((column, index) => {
              const value = table.totals[index] ?? null;
              return (
                <div key={column.metric.id} className="panel">
                  <Text size="sm" c="dimmed">
                    {words.metric(column.metric)}
                  </Text>
                  <div className={classes.value}>
                    <FigureButton
                      value={value}
                      type={column.metric.type}
                      onDrill={
                        column.metric.fact === null
                          ? undefined
                          : () => setDrill({ input, path: [], labels: [], column, index, value })
                      }
                    />
                  </div>
                  <Delta
                    metric={column.metric}
                    value={value}
                    reference={table.comparedTotals?.[index]}
                    hasBefore={input.compare !== undefined}
                  />
                </div>
              );
            })}
          </SimpleGrid>
          <DrillDrawer target={drill} onClose={() => setDrill(undefined)} />
        </>
      )}
    </Loaded>
  );
}
