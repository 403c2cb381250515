import { Group } from '@mantine/core';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { SiteDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { InstallationBadge } from '../components/InstallationBadge';
import { SiteTabs } from '../components/SiteTabs';
import { SiteContext } from '../SiteContext';

const route = getRouteApi('/shell/sites/$siteId');

/** One site: its name, and tabs with everything about it. */
export function SitePage() {
  const { siteId } = route.useParams();
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: SiteDocument, variables: { id: siteId } });
  // While another site is fetched, the last one's data is still there: do not show it under the new address.
  const site = result.data?.site.id === siteId ? result.data.site : undefined;
  return (
    <Page
      title={site?.name ?? t('sites.site.title')}
      above={
        <TextLink to="/sites" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('sites.list.title')}
        </TextLink>
      }
      lead={
        site && (
          <Group component="span" gap="sm">
            <span className="break">{site.domain}</span>
            <InstallationBadge state={site.installation.state} />
          </Group>
        )
      }
    >
      <SiteTabs siteId={siteId} />
      <Loaded result={{ data: site, error: result.error }} onRetry={() => retry()}>
        {(site) => (
          <SiteContext value={site}>
            <Outlet />
          </SiteContext>
        )}
      </Loaded>
    </Page>
  );
}
