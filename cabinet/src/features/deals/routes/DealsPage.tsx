import { IconBriefcase } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import { DealsDocument, type DealsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { ButtonLink } from '@/ui/ButtonLink';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { PagedList } from '@/ui/PagedList';
import { countFilters } from '@/ui/searchParams';
import { DealFilterBar } from '../components/DealFilterBar';
import { DealsTable } from '../components/DealsTable';
import { employeesOf } from '../employees';
import { dealVariables, readDealFilters } from '../filters';
import { useDealTerms } from '../hooks/useDealCrms';

const route = getRouteApi('/shell/deals');
const typenames = ['Deal', 'Crm'];
const select = (data: DealsQuery) => data.deals;

/** Deals of all CRMs; filters are kept in the address. */
export function DealsPage() {
  const { t } = useTranslation();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const { timeZone } = useFormat();
  const isAnalyst = useCan('ANALYST');
  const terms = useDealTerms(filters.crm);
  const pages = usePages({
    query: DealsDocument,
    variables: { first: 50, ...dealVariables(filters, timeZone) },
    select,
    typenames,
  });
  const isFiltered = countFilters(filters) > 0;
  return (
    <Page title={t(`deals.terms.title.${terms}`)} lead={t('deals.list.lead')}>
      <DealFilterBar
        filters={filters}
        employees={employeesOf(pages.nodes, filters.employee)}
        onChange={(next) =>
          void navigate({ to: '/deals', search: readDealFilters({ ...next }), replace: true })
        }
      />
      <div className={pages.isStale ? 'panel panel-flush stale' : 'panel panel-flush'}>
        <PagedList
          pages={pages}
          empty={
            <EmptyState
              icon={IconBriefcase}
              title={isFiltered ? t('common.state.nothingFound') : t(`deals.terms.empty.${terms}`)}
              text={t(isFiltered ? 'common.state.changeFilters' : 'deals.list.emptyText')}
              action={
                !isFiltered &&
                isAnalyst && (
                  <ButtonLink to="/integrations/other-crm" variant="light">
                    {t('deals.list.connect')}
                  </ButtonLink>
                )
              }
            />
          }
        >
          {(deals) => <DealsTable deals={deals} terms={terms} />}
        </PagedList>
      </div>
    </Page>
  );
}
