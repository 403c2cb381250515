import { createContext, use } from 'react';
import type { CrmTerms, ReportFunnelsQuery } from '@/graphql/generated/graphql';

/** Words that stand for deal, contact and deal cycle. */
export const TermsContext = createContext<CrmTerms>('DEALS');

/** Whether a report speaks of deals or of appointments. */
export function useTerms(): CrmTerms {
  return use(TermsContext);
}

/** The words for a choice of funnels: appointments where every CRM that has one of them speaks so. None chosen = those in reports. */
export function termsOf(crms: ReportFunnelsQuery['crms'], funnels: string[] | undefined): CrmTerms {
  const shown = crms.filter((crm) =>
    crm.funnels.some(({ id, inReports }) => (funnels ? funnels.includes(id) : inReports)),
  );
  return shown.length > 0 && shown.every(({ terms }) => terms === 'APPOINTMENTS') ? 'APPOINTMENTS' : 'DEALS';
}
