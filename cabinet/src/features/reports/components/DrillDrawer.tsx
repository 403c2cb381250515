import { Badge, Drawer, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type ReportFactPageFragment,
  ReportFactsDocument,
  type ReportFactsQuery,
  ReportPathFactsDocument,
  type ReportPathFactsQuery,
} from '@/graphql/generated/graphql';
import { type Pages, usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { Moment } from '@/ui/Moment';
import { PagedList } from '@/ui/PagedList';
import { useFigures } from '../hooks/useFigures';
import { useReportWords } from '../hooks/useReportWords';
import type { DrillTarget, PathDeals } from '../hooks/useTable';
import { FactCell, type FactRow } from './FactCell';

const typenames = ['Deal', 'Communication', 'Session'];
const distinct = new Set(['visitors', 'contacts', 'deal_contacts', 'contacts_won']);
const ofFigure = (data: ReportFactsQuery) => data.reportFacts;
const ofPaths = (data: ReportPathFactsQuery) => data.reportPathFacts;

/** The rows a figure was made of, beside the report. */
export function DrillDrawer({ target, onClose }: { target: DrillTarget | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={target !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={t('reports.drill.title')}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {target &&
        (target.deals ? (
          <PathDealRows target={target} deals={target.deals} />
        ) : (
          <FigureRows target={target} />
        ))}
    </Drawer>
  );
}

type Period = 'current' | 'compared';

function FigureRows({ target }: { target: DrillTarget }) {
  const { t } = useTranslation();
  const [which, setWhich] = useState<Period>('current');
  const { metric } = target.column;
  const column = target.input.columns[target.index] ?? { metric: metric.id };
  const pages = usePages({
    query: ReportFactsDocument,
    variables: {
      input: target.input,
      path: target.path,
      column,
      compared: which === 'compared',
      first: 50,
    },
    select: ofFigure,
    typenames,
  });
  return (
    <FactRows target={target} pages={pages}>
      {target.input.compare && (
        <SegmentedControl
          aria-label={t('reports.period.label')}
          value={which}
          onChange={(value) => setWhich(value as Period)}
          data={[
            { value: 'current', label: t('reports.drill.current') },
            { value: 'compared', label: t('reports.drill.compared') },
          ]}
        />
      )}
    </FactRows>
  );
}

function PathDealRows({ target, deals }: { target: DrillTarget; deals: PathDeals }) {
  const pages = usePages({
    query: ReportPathFactsDocument,
    variables: { input: target.input, ...deals, first: 50 },
    select: ofPaths,
    typenames,
  });
  return <FactRows target={target} pages={pages} />;
}

interface FactRowsProps {
  target: DrillTarget;
  pages: Pages<FactRow>;
  children?: ReactNode;
}

function FactRows({ target, pages, children }: FactRowsProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFigures();
  const { metric, model } = target.column;
  const [first] = pages.pages as ReportFactPageFragment[];
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600} size="lg">
          {t('reports.drill.of', {
            metric: words.metric(metric),
            value: format.figure(target.value, metric.type),
          })}
        </Text>
        <Text c="dimmed" size="sm" className="break">
          {target.labels.length > 0 ? target.labels.join(' → ') : t('reports.table.total')}
        </Text>
        {model !== null && <Badge mt={6}>{words.model(model)}</Badge>}
      </div>
      {children}
      {first && (
        <Group gap="lg">
          <Text size="sm">{t('reports.drill.count', { count: first.totalCount })}</Text>
          <Text size="sm">{t('reports.drill.sum', { value: format.figure(first.sum, metric.type) })}</Text>
        </Group>
      )}
      {distinct.has(metric.id) && (
        <Text size="sm" c="dimmed">
          {t('reports.drill.distinct')}
        </Text>
      )}
      <PagedList pages={pages} empty={<EmptyState icon={IconListSearch} title={t('reports.drill.empty')} />}>
        {(facts) => (
          <div className="table-scroll" role="region" aria-label={t('reports.drill.title')} tabIndex={0}>
            <Table verticalSpacing="xs" style={{ verticalAlign: 'top' }} miw={420}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('reports.drill.at')}</Table.Th>
                  <Table.Th>{t('reports.drill.what')}</Table.Th>
                  <Table.Th ta="right">{t('reports.drill.share')}</Table.Th>
                  <Table.Th ta="right">{t('reports.drill.value')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {facts.map((fact, index) => (
                  <Table.Tr key={index}>
                    <Table.Td>
                      <Moment at={fact.at} />
                    </Table.Td>
                    <Table.Td>
                      <FactCell fact={fact} />
                    </Table.Td>
                    <Table.Td ta="right" className="numeric">
                      {format.percent(fact.share * 100)}
                    </Table.Td>
                    <Table.Td ta="right" className="numeric">
                      {format.figure(fact.value, metric.type)}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
      </PagedList>
    </Stack>
  );
}
