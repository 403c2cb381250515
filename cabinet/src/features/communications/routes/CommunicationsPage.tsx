import { IconMessages } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import { CommunicationsDocument, type CommunicationsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { PagedList } from '@/ui/PagedList';
import { countFilters } from '@/ui/searchParams';
import { CommunicationDrawer } from '../components/CommunicationDrawer';
import { CommunicationFilterBar } from '../components/CommunicationFilterBar';
import { CommunicationsTable } from '../components/CommunicationsTable';
import { type CommunicationFilters, communicationVariables, readCommunicationFilters } from '../filters';

const route = getRouteApi('/shell/communications');
const typenames = ['Communication'];
const select = (data: CommunicationsQuery) => data.communications;

/** Calls, requests, chats and goals with contacts; filters and the open one are kept in the address. */
export function CommunicationsPage() {
  const { t } = useTranslation();
  const { open, ...filters } = route.useSearch();
  const navigate = useNavigate();
  const { timeZone } = useFormat();
  const pages = usePages({
    query: CommunicationsDocument,
    variables: { first: 50, ...communicationVariables(filters, timeZone) },
    select,
    typenames,
  });
  const show = (next: CommunicationFilters, replace: boolean) =>
    void navigate({ to: '/communications', search: readCommunicationFilters({ ...next }), replace });
  const isFiltered = countFilters(filters) > 0;
  return (
    <Page title={t('communications.list.title')} lead={t('communications.list.lead')}>
      <CommunicationFilterBar filters={filters} onChange={(next) => show(next, true)} />
      <div className={pages.isStale ? 'panel panel-flush stale' : 'panel panel-flush'}>
        <PagedList
          pages={pages}
          empty={
            <EmptyState
              icon={IconMessages}
              title={t(isFiltered ? 'common.state.nothingFound' : 'communications.list.emptyTitle')}
              text={t(isFiltered ? 'common.state.changeFilters' : 'communications.list.emptyText')}
            />
          }
        >
          {(communications) => (
            <CommunicationsTable
              communications={communications}
              onOpen={(id) => show({ ...filters, open: id }, false)}
            />
          )}
        </PagedList>
      </div>
      <CommunicationDrawer id={open} onClose={() => show(filters, true)} />
    </Page>
  );
}
