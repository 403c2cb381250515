import { useQuery } from 'urql';
import { SitesDocument } from '@/graphql/generated/graphql';

const context = { additionalTypenames: ['Site'] };

/** All sites of the account. */
export function useSites() {
  return useQuery({ query: SitesDocument, context });
}
