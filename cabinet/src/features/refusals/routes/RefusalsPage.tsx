import { Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconShieldCheck } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { SiteSelect } from '@/features/sites/components/SiteSelect';
import { RefusalsDocument, type RefusalsQuery, ReincludeRefusalsDocument } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { PagedList } from '@/ui/PagedList';
import { RefusalCounts } from '../components/RefusalCounts';
import { RefusalsTable } from '../components/RefusalsTable';
import { readRefusalFilters, type RefusalFilters } from '../filters';

const route = getRouteApi('/shell/refusals');
const typenames = ['Refusal'];
const select = (data: RefusalsQuery) => data.refusals;
/** As many as one mutation takes. */
const mostAtOnce = 100;
const context = { additionalTypenames: ['Refusal', 'Visitor', 'Session'] };

/** Requests that were not counted, why, and the way to count them after all. */
export function RefusalsPage() {
  const { t } = useTranslation();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const canReinclude = useCan('ADMIN');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [, reinclude] = useMutation(ReincludeRefusalsDocument);
  const filter = { siteId: filters.site ?? null, reason: filters.reason ?? null };
  const pages = usePages({ query: RefusalsDocument, variables: { first: 50, filter }, select, typenames });
  const show = (next: { [Name in keyof RefusalFilters]?: RefusalFilters[Name] | undefined }) => {
    setChosen(new Set());
    void navigate({ to: '/refusals', search: readRefusalFilters({ ...filters, ...next }), replace: true });
  };
  const choose = (ids: string[], isChosen: boolean) =>
    setChosen((old) => {
      const next = new Set(old);
      ids.forEach((id) => (isChosen && next.size < mostAtOnce ? next.add(id) : next.delete(id)));
      return next;
    });
  return (
    <Page
      title={t('refusals.list.title')}
      lead={t('refusals.list.lead')}
      actions={
        <SiteSelect value={filters.site ?? null} onChange={(site) => show({ site: site ?? undefined })} />
      }
    >
      <RefusalCounts siteId={filters.site} chosen={filters.reason} onChoose={(reason) => show({ reason })} />
      <div className={pages.isStale ? 'panel panel-flush stale' : 'panel panel-flush'}>
        {canReinclude && (
          <Group p="sm" gap="sm" mih={56}>
            <ConfirmButton
              size="xs"
              disabled={chosen.size === 0}
              isDestructive={false}
              title={t('refusals.reinclude.question')}
              text={t('refusals.reinclude.text', { count: chosen.size })}
              confirm={t('refusals.reinclude.confirm')}
              action={async () => {
                const { data, error } = await reinclude({ input: { ids: [...chosen] } }, context);
                if (data) {
                  setChosen(new Set());
                  const count = data.reincludeRefusals.reincluded;
                  notifications.show({ message: t('refusals.reinclude.done', { count }) });
                }
                return error;
              }}
            >
              {t('refusals.reinclude.button')}
            </ConfirmButton>
            <Text size="sm" c="dimmed" role="status">
              {t('refusals.reinclude.chosen', { count: chosen.size })}
            </Text>
          </Group>
        )}
        <PagedList
          pages={pages}
          empty={
            <EmptyState
              icon={IconShieldCheck}
              title={t('refusals.list.emptyTitle')}
              text={t('refusals.list.emptyText')}
            />
          }
        >
          {(refusals) => (
            <RefusalsTable
              refusals={refusals}
              chosen={canReinclude ? new Set(chosen) : undefined}
              onChoose={choose}
            />
          )}
        </PagedList>
      </div>
    </Page>
  );
}
