import { useTranslation } from 'react-i18next';
import { useViewer } from '@/features/session/hooks/useViewer';
import { useSites } from '@/features/sites/hooks/useSites';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { Onboarding } from '../components/Onboarding';
import { Shortcuts } from '../components/Shortcuts';
import { SiteCards } from '../components/SiteCards';

/** The first page: the state of the sites and ways on; without a site, how to begin. */
export function OverviewPage() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const [result, retry] = useSites();
  return (
    <Page title={viewer.account.name || t('overview.page.title')}>
      <Loaded result={result} onRetry={() => retry()}>
        {({ sites }) =>
          sites.length === 0 ? (
            <Onboarding />
          ) : (
            <>
              <SiteCards sites={sites} />
              <Shortcuts />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
