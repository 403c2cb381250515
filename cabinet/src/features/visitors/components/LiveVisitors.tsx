import { Table } from '@mantine/core';
import { IconBroadcast } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSubscription } from 'urql';
import { LiveVisitorsDocument } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import { useNow } from '../hooks/useNow';
import { LiveVisitorRow } from './LiveVisitorRow';

/** Visitors on a site now, kept up to date by a subscription. */
export function LiveVisitors({ siteId }: { siteId: string }) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const [{ data, error }, restart] = useSubscription({
    query: LiveVisitorsDocument,
    variables: { siteId },
  });
  if (error && error.graphQLErrors.length > 0) {
    return <ErrorState error={error} onRetry={() => restart()} />;
  }
  if (!data) {
    return <RowsSkeleton rows={4} height={44} />;
  }
  const visitors = data.liveVisitors;
  if (visitors.length === 0) {
    return (
      <EmptyState
        icon={IconBroadcast}
        title={t('visitors.live.emptyTitle')}
        text={t('visitors.live.emptyText')}
      />
    );
  }
  return (
    <div className="table-scroll" role="region" aria-label={t('visitors.live.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={860} style={{ verticalAlign: 'top' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('visitors.list.visitor')}</Table.Th>
            <Table.Th>{t('visitors.live.page')}</Table.Th>
            <Table.Th>{t('visitors.list.source')}</Table.Th>
            <Table.Th>{t('visitors.list.device')}</Table.Th>
            <Table.Th>{t('visitors.live.duration')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {visitors.map((visitor) => (
            <LiveVisitorRow key={visitor.sessionId} visitor={visitor} now={now} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
