import { useEffect } from 'react';
import { useQuery } from 'urql';
import { CrmsDocument } from '@/graphql/generated/graphql';
import { isWorking } from '../crmForm';

const whileWorking = 3000;
const whileQuiet = 10_000;
const context = { additionalTypenames: ['Crm', 'Funnel', 'Deal'] };

/** All CRMs, asked anew while the page is looked at: often while deals are being counted, now and then else. */
export function useCrms() {
  const [result, ask] = useQuery({ query: CrmsDocument, context });
  const every = result.data?.crms.some(isWorking) ? whileWorking : whileQuiet;
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') {
        ask({ requestPolicy: 'network-only' });
      }
    }, every);
    return () => window.clearInterval(timer);
  }, [ask, every]);
  return { result, ask: () => ask({ requestPolicy: 'network-only' }) };
}
