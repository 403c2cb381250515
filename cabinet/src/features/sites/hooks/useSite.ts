import { use } from 'react';
import type { SiteFieldsFragment } from '@/graphql/generated/graphql';
import { SiteContext } from '../SiteContext';

/** The site whose tabs are open. */
export function useSite(): SiteFieldsFragment {
  const site = use(SiteContext);
  if (!site) {
    throw new Error('useSite is used outside a site page');
  }
  return site;
}
