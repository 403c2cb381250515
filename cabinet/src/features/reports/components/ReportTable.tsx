import { Group, Text } from '@mantine/core';
import { IconReportOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ReportDocument, type ReportInput } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import { useReportWords } from '../hooks/useReportWords';
import { type DrillTarget, type Reference, TableContext } from '../hooks/useTable';
import { type Order, pageSize } from '../request';
import { DrillDrawer } from './DrillDrawer';
import { ReportHead } from './ReportHead';
import { ReportLevel } from './ReportLevel';
import classes from './ReportTable.module.css';

interface ReportTableProps {
  input: ReportInput;
  order: Order;
  onOrder: (order: Order) => void;
  reference?: Reference;
}

const context = { additionalTypenames: ['ReportFormula', 'Deal', 'Campaign', 'Communication'] };
const period: Reference = { kind: 'period' };

/** A report: rows that open level by level, totals, and the way from each figure to what it was made of. */
export function ReportTable({ input, order, onOrder, reference = period }: ReportTableProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const [drill, setDrill] = useState<DrillTarget>();
  const [result, retry] = useQuery({
    query: ReportDocument,
    variables: { input: { ...input, path: [], limit: pageSize, offset: 0 } },
    context,
  });
  // While a changed question is under way, the old answer stays with the question it answered.
  const answered = (result.operation?.variables as { input: ReportInput } | undefined)?.input ?? input;
  return (
    <>
      <div
        className={result.fetching && result.data ? 'panel panel-flush stale' : 'panel panel-flush'}
        aria-busy={result.fetching || undefined}
      >
        <Loaded
          result={result}
          onRetry={() => retry({ requestPolicy: 'network-only' })}
          skeleton={<RowsSkeleton rows={10} />}
        >
          {({ report }) =>
            report.rows.length === 0 ? (
              <EmptyState
                icon={IconReportOff}
                title={t('reports.table.emptyTitle')}
                text={t('reports.table.emptyText')}
              />
            ) : (
              <TableContext
                value={{
                  input: answered,
                  columns: report.columns,
                  reference,
                  onDrill: (target) => setDrill({ ...target, input: answered }),
                }}
              >
                <div
                  className={classes.scroll}
                  role="region"
                  aria-label={words.term(`reports.title.${answered.report}`)}
                  tabIndex={0}
                >
                  <table className={classes.table}>
                    <ReportHead table={report} order={order} onOrder={onOrder} />
                    <tbody>
                      <ReportLevel key={answered.dimensions.join()} path={[]} labels={[]} first={report} />
                    </tbody>
                  </table>
                </div>
                <Group gap="md" px="md" py="xs" className={classes.foot}>
                  <Text size="sm" c="dimmed">
                    {t('reports.table.rows', { count: report.rowCount })}
                  </Text>
                  <Text size="sm" c="dimmed" component="span">
                    {t('reports.table.asOf')} <Moment at={report.asOf} />
                  </Text>
                </Group>
              </TableContext>
            )
          }
        </Loaded>
      </div>
      <DrillDrawer target={drill} onClose={() => setDrill(undefined)} />
    </>
  );
}
