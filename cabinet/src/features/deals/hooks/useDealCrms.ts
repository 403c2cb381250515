import { useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { type CrmFieldsFragment, CrmsDocument, type CrmTerms } from '@/graphql/generated/graphql';

const context = { additionalTypenames: ['Crm', 'Funnel'] };
const none: CrmFieldsFragment[] = [];

/** CRMs with funnels and stages; none for those who may not see them. */
export function useDealCrms(): CrmFieldsFragment[] {
  const mayRead = useCan('ANALYST');
  const [{ data }] = useQuery({
    query: CrmsDocument,
    context,
    pause: !mayRead,
    requestPolicy: 'cache-first',
  });
  return data?.crms ?? none;
}

/** The words for deals: appointments where all CRMs concerned speak so. */
export function useDealTerms(crmId?: string): CrmTerms {
  const crms = useDealCrms();
  const concerned = crms.filter(({ id, dealCount }) => (crmId === undefined ? dealCount > 0 : id === crmId));
  return concerned.length > 0 && concerned.every(({ terms }) => terms === 'APPOINTMENTS')
    ? 'APPOINTMENTS'
    : 'DEALS';
}
