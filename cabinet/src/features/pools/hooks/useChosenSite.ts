import { useSites } from '@/features/sites/hooks/useSites';

/** The site of the address, else the account's first. */
export function useChosenSite(wanted: string | undefined) {
  const [result, retry] = useSites();
  const sites = result.data?.sites ?? [];
  const site = sites.find(({ id }) => id === wanted) ?? sites[0];
  return { site, isLoaded: result.data !== undefined, error: result.error, retry };
}
