import { Group } from '@mantine/core';
import { IconWorld } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SiteSelect } from '@/features/sites/components/SiteSelect';
import { useSites } from '@/features/sites/hooks/useSites';
import { ButtonLink } from '@/ui/ButtonLink';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { LiveStateBadge } from '../components/LiveStateBadge';
import { LiveVisitors } from '../components/LiveVisitors';

const route = getRouteApi('/shell/visitors/live');

/** Who is on a site right now. */
export function LiveVisitorsPage() {
  const { t } = useTranslation();
  const { site } = route.useSearch();
  const navigate = useNavigate();
  const [result, retry] = useSites();
  return (
    <Page title={t('visitors.live.title')} lead={t('visitors.live.lead')} actions={<LiveStateBadge />}>
      <Loaded result={result} onRetry={() => retry()}>
        {({ sites }) => {
          const chosen = sites.find(({ id }) => id === site) ?? sites[0];
          if (!chosen) {
            return (
              <div className="panel">
                <EmptyState
                  icon={IconWorld}
                  title={t('sites.list.emptyTitle')}
                  text={t('visitors.live.noSite')}
                  action={<ButtonLink to="/">{t('overview.page.title')}</ButtonLink>}
                />
              </div>
            );
          }
          return (
            <>
              {sites.length > 1 && (
                <Group>
                  <SiteSelect
                    clearable={false}
                    allowDeselect={false}
                    value={chosen.id}
                    onChange={(next) =>
                      void navigate({
                        to: '/visitors/live',
                        search: next ? { site: next } : {},
                        replace: true,
                      })
                    }
                  />
                </Group>
              )}
              <div className="panel panel-flush">
                <LiveVisitors key={chosen.id} siteId={chosen.id} />
              </div>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
