import { Badge, Group, Table, Text } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { addDays, startOfDay } from '@/format/dates';
import { useFormat } from '@/format/useFormat';
import { ReportDealsDocument, type ReportDealsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { Moment } from '@/ui/Moment';
import { PagedList } from '@/ui/PagedList';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { shownPeriod } from '../request';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';

const typenames = ['Deal'];
const select = (data: ReportDealsQuery) => data.deals;
const colors = { IN_PROCESS: 'blue', SUCCESS: 'green', FAILED: 'red' } as const;

/** The deals created in the period. */
export function DealRows() {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFormat();
  const { state, today } = useReportPage();
  const period = shownPeriod(state, today);
  const pages = usePages({
    query: ReportDealsDocument,
    variables: {
      first: 50,
      filter: {
        createdFrom: startOfDay(period.from, format.timeZone),
        createdTo: startOfDay(addDays(period.to, 1), format.timeZone),
        ...(state.funnels ? { funnelIds: state.funnels } : {}),
      },
      sort: 'CREATED_AT',
      direction: 'DESC',
    },
    select,
    typenames,
  });
  return (
    <Panel
      title={words.term('reports.deals.listTitle')}
      lead={state.filter && t('reports.deals.listNote')}
      actions={
        <TextLink to="/deals" size="sm">
          {words.term('reports.deals.listAll')}
        </TextLink>
      }
    >
      <PagedList
        pages={pages}
        empty={
          <EmptyState
            icon={IconListDetails}
            title={words.term('reports.deals.emptyTitle')}
            text={words.term('reports.deals.emptyText')}
          />
        }
      >
        {(deals) => (
          <div
            className="table-scroll"
            role="region"
            aria-label={t('reports.chart.tableOf', { title: words.term('reports.deals.listTitle') })}
            tabIndex={0}
          >
            <Table verticalSpacing="xs" miw={720}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.term('reports.deals.listName')}</Table.Th>
                  <Table.Th>{t('reports.deals.listCreated')}</Table.Th>
                  <Table.Th>{t('reports.deals.listStage')}</Table.Th>
                  <Table.Th ta="right">{t('reports.deals.listAmount')}</Table.Th>
                  <Table.Th>{t('reports.deals.listEmployee')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {deals.map((deal) => (
                  <Table.Tr key={deal.id}>
                    <Table.Td>
                      <TextLink to="/deals/$dealId" params={{ dealId: deal.id }} size="sm" className="break">
                        {deal.name || deal.externalId}
                      </TextLink>
                    </Table.Td>
                    <Table.Td>
                      <Moment at={deal.createdAt} />
                    </Table.Td>
                    <Table.Td>
                      <Group gap={6}>
                        <Badge color={colors[deal.status]}>{deal.stage.name}</Badge>
                        <Text size="xs" c="dimmed">
                          {deal.funnel.name}
                        </Text>
                      </Group>
                    </Table.Td>
                    <Table.Td ta="right" className="numeric">
                      {format.money(deal.revenue)}
                    </Table.Td>
                    <Table.Td>{deal.employee?.name ?? '—'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
      </PagedList>
    </Panel>
  );
}
