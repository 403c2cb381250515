import { IconPhone } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import { CallsDocument, type CallsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { ButtonLink } from '@/ui/ButtonLink';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { PagedList } from '@/ui/PagedList';
import { countFilters } from '@/ui/searchParams';
import { CallFilterBar } from '../components/CallFilterBar';
import { CallsTable } from '../components/CallsTable';
import { CallViews } from '../components/CallViews';
import { type CallFilters, callVariables, readCallFilters } from '../filters';

const route = getRouteApi('/shell/calls');
const typenames = ['Call'];
const select = (data: CallsQuery) => data.calls;

/** Calls with the advertising that brought them; filters are kept in the address. */
export function CallsPage() {
  const { t } = useTranslation();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const { timeZone } = useFormat();
  const isAnalyst = useCan('ANALYST');
  const pages = usePages({
    query: CallsDocument,
    variables: { first: 50, ...callVariables(filters, timeZone) },
    select,
    typenames,
  });
  const show = (next: CallFilters) =>
    void navigate({ to: '/calls', search: readCallFilters({ ...next }), replace: true });
  const isFiltered = countFilters(filters) > 0;
  return (
    <Page
      title={t('calls.list.title')}
      lead={t('calls.list.lead')}
      actions={
        isAnalyst && (
          <ButtonLink to="/calls/tags" variant="default">
            {t('calls.tags.manage')}
          </ButtonLink>
        )
      }
    >
      <CallViews filters={filters} onChange={show} />
      <CallFilterBar filters={filters} onChange={show} />
      <div className={pages.isStale ? 'panel panel-flush stale' : 'panel panel-flush'}>
        <PagedList
          pages={pages}
          empty={
            <EmptyState
              icon={IconPhone}
              title={t(isFiltered ? 'common.state.nothingFound' : 'calls.list.emptyTitle')}
              text={t(isFiltered ? 'common.state.changeFilters' : 'calls.list.emptyText')}
              action={
                !isFiltered &&
                isAnalyst && <ButtonLink to="/telephony">{t('connections.list.title')}</ButtonLink>
              }
            />
          }
        >
          {(calls) => <CallsTable calls={calls} />}
        </PagedList>
      </div>
    </Page>
  );
}
