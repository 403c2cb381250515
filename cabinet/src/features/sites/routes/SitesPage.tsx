import { IconWorld } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { SiteCreateButton } from '../components/SiteCreateButton';
import { SitesTable } from '../components/SitesTable';
import { useSites } from '../hooks/useSites';

/** All sites, and the way to add one. */
export function SitesPage() {
  const { t } = useTranslation();
  const canAdd = useCan('ADMIN');
  const [result, retry] = useSites();
  return (
    <Page title={t('sites.list.title')} lead={t('sites.list.lead')} actions={canAdd && <SiteCreateButton />}>
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry()}>
          {({ sites }) =>
            sites.length === 0 ? (
              <EmptyState
                icon={IconWorld}
                title={t('sites.list.emptyTitle')}
                text={t(canAdd ? 'sites.list.emptyText' : 'sites.list.emptyReader')}
              />
            ) : (
              <SitesTable sites={sites} />
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}
