import { useEffect } from 'react';
import { useQuery } from 'urql';
import { type InstallationFieldsFragment, SiteInstallationDocument } from '@/graphql/generated/graphql';

const every = 5000;

/** The state of a site's snippet, asked anew every few seconds while the page is looked at. */
export function useInstallation(siteId: string, known: InstallationFieldsFragment) {
  const [{ data, fetching, error }, ask] = useQuery({
    query: SiteInstallationDocument,
    variables: { id: siteId },
    requestPolicy: 'network-only',
  });
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') {
        ask({ requestPolicy: 'network-only' });
      }
    }, every);
    return () => window.clearInterval(timer);
  }, [ask]);
  const installation = data?.site.id === siteId ? data.site.installation : known;
  return { installation, fetching, error, ask: () => ask({ requestPolicy: 'network-only' }) };
}
