import { useCallback } from 'react';
import { useQuery } from 'urql';
import { IntegrationDocument } from '@/graphql/generated/graphql';
import { useAskAgain } from './useAskAgain';

const whileWorking = 2000;
const whileQuiet = 10_000;
const context = { additionalTypenames: ['Integration', 'IntegrationJob'] };

/** One integration, asked anew while the page is looked at: often while deals are being read, now and then else. */
export function useIntegration(id: string) {
  const [result, ask] = useQuery({ query: IntegrationDocument, variables: { id }, context });
  // While another one is fetched, the last one's data is still there: do not show it under the new address.
  const integration = result.data?.integration.id === id ? result.data.integration : undefined;
  const sync = integration?.sync;
  const isWorking = sync?.state === 'RUNNING' || (sync?.import != null && sync.import.finishedAt === null);
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  useAskAgain(again, isWorking && integration?.state === 'ACTIVE' ? whileWorking : whileQuiet);
  return { integration, error: integration ? undefined : result.error, again };
}
