import { IconUsersGroup } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import { VisitorsDocument, type VisitorsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { PagedList } from '@/ui/PagedList';
import { countFilters } from '@/ui/searchParams';
import { VisitorFilterBar } from '../components/VisitorFilterBar';
import { VisitorsTable } from '../components/VisitorsTable';
import { readVisitorFilters, visitorVariables } from '../filters';

const route = getRouteApi('/shell/visitors');
const typenames = ['Visitor'];
const select = (data: VisitorsQuery) => data.visitors;

/** All visitors, with filters kept in the address. */
export function VisitorsPage() {
  const { t } = useTranslation();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const { timeZone } = useFormat();
  const pages = usePages({
    query: VisitorsDocument,
    variables: { first: 50, ...visitorVariables(filters, timeZone) },
    select,
    typenames,
  });
  return (
    <Page title={t('visitors.list.title')}>
      <VisitorFilterBar
        filters={filters}
        onChange={(next) =>
          void navigate({ to: '/visitors', search: readVisitorFilters({ ...next }), replace: true })
        }
      />
      <div className={pages.isStale ? 'panel panel-flush stale' : 'panel panel-flush'}>
        <PagedList
          pages={pages}
          empty={
            <EmptyState
              icon={IconUsersGroup}
              title={t(countFilters(filters) > 0 ? 'common.state.nothingFound' : 'visitors.list.emptyTitle')}
              text={t(countFilters(filters) > 0 ? 'common.state.changeFilters' : 'visitors.list.emptyText')}
            />
          }
        >
          {(visitors) => <VisitorsTable visitors={visitors} />}
        </PagedList>
      </div>
    </Page>
  );
}
