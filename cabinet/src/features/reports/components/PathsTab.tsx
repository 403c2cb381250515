import { Button, Center, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useFormat } from '@/format/useFormat';
import { type PathUnit, type ReportInput, ReportPathsDocument } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { conditionsOf } from '../request';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { DrillTarget, PathDeals } from '../hooks/useTable';
import { BucketChart } from './BucketChart';
import { DrillDrawer } from './DrillDrawer';
import { FlowPanel } from './FlowPanel';
import { PathRows } from './PathRows';
import { UnitSelect } from './UnitSelect';

const pathsAtOnce = 20;
const mostPaths = 100;
const context = { additionalTypenames: ['Deal'] };

/** The paths that led to the deals of the period. */
export function PathsTab() {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFormat();
  const { kind, state, catalog, today } = useReportPage();
  const [drill, setDrill] = useState<DrillTarget>();
  const [limit, setLimit] = useState(pathsAtOnce);
  const unit = state.unit ?? 'channel';
  const pathUnit = unit.toUpperCase() as PathUnit;
  const input: ReportInput = {
    ...conditionsOf(kind, state, today),
    compare: undefined,
    dimensions: [unit],
    columns: [{ metric: 'last' }],
  };
  const [result, retry] = useQuery({
    query: ReportPathsDocument,
    variables: { input, unit: pathUnit, limit },
    context,
  });
  const metric = catalog.metrics.find(({ id }) => id === 'deals');
  const open = (deals: Omit<PathDeals, 'unit'>, labels: string[], value: number) =>
    metric &&
    setDrill({
      input,
      path: [],
      labels,
      column: { metric, model: null },
      index: 0,
      value,
      deals: { unit: pathUnit, ...deals },
    });
  return (
    <Stack>
      <UnitSelect label={t('reports.paths.unit')} />
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ reportPaths }) =>
          reportPaths.dealsWithPath === 0 ? (
            <EmptyState
              icon={IconRoute}
              title={t('reports.paths.emptyTitle')}
              text={words.term('reports.paths.emptyText')}
            />
          ) : (
            <>
              <Text size="sm" c="dimmed">
                {words.term('reports.paths.covered', {
                  known: format.number(reportPaths.dealsWithPath),
                  all: format.number(reportPaths.deals),
                })}
              </Text>
              <Panel title={t('reports.paths.topTitle')} lead={t('reports.paths.topLead')}>
                <PathRows
                  paths={reportPaths.top}
                  unit={unit}
                  onDrill={(steps, labels, deals) => open({ steps }, labels, deals)}
                />
                {reportPaths.top.length === limit && limit < mostPaths && (
                  <Center>
                    <Button
                      variant="default"
                      loading={result.fetching}
                      onClick={() => setLimit(Math.min(mostPaths, limit + pathsAtOnce))}
                    >
                      {t('reports.paths.more')}
                    </Button>
                  </Center>
                )}
              </Panel>
              <FlowPanel links={reportPaths.flow} unit={unit} />
              <SimpleGrid cols={{ base: 1, lg: 2 }}>
                <Panel title={t('reports.paths.lengthTitle')} lead={words.term('reports.paths.lengthLead')}>
                  <BucketChart
                    title={t('reports.paths.lengthTitle')}
                    name={t('reports.paths.length')}
                    buckets={reportPaths.lengths}
                    of="visits"
                    onDrill={({ from, to, deals }, label) =>
                      open({ lengthFrom: from, lengthTo: to }, [label], deals)
                    }
                  />
                </Panel>
                <Panel title={words.term('reports.paths.lagTitle')} lead={t('reports.paths.lagLead')}>
                  <BucketChart
                    title={words.term('reports.paths.lagTitle')}
                    name={t('reports.paths.lag')}
                    buckets={reportPaths.timeLags}
                    of="days"
                    onDrill={({ from, to, deals }, label) =>
                      open({ lagFrom: from, lagTo: to }, [label], deals)
                    }
                  />
                </Panel>
              </SimpleGrid>
              <DrillDrawer target={drill} onClose={() => setDrill(undefined)} />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}
