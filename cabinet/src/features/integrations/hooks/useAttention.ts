import { useCallback } from 'react';
import { useQuery } from 'urql';
import { IntegrationsAttentionDocument } from '@/graphql/generated/graphql';
import { needsAttention } from '../journal';
import { useAskAgain } from './useAskAgain';

const every = 60_000;
const context = { additionalTypenames: ['Integration', 'IntegrationJob'] };

/** How many integrations somebody should look at; 0 while unknown and for those who may not see them. */
export function useAttention(maySee: boolean): number {
  const [{ data }, ask] = useQuery({ query: IntegrationsAttentionDocument, pause: !maySee, context });
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  useAskAgain(again, maySee ? every : null);
  return data?.integrations.filter(needsAttention).length ?? 0;
}
