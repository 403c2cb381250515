import { createContext, use } from 'react';
import type { CrmTerms, ReportFunnelsQuery } from '@/graphql/generated/graphql';

/** What a report needs to know of the CRMs to speak in their words. */
export interface Terms {
  /** Words that stand for deal, contact and deal cycle. */
  terms: CrmTerms;
  /** Names of the funnels by their stages; empty while one funnel is all there is. */
  funnelOfStage: ReadonlyMap<string, string>;
}

/** See `useTerms`. */
export const TermsContext = createContext<Terms>({ terms: 'DEALS', funnelOfStage: new Map() });

/** Whether a report speaks of deals or of appointments, and which funnel a stage belongs to. */
export function useTerms(): Terms {
  return use(TermsContext);
}

/** The funnel of each stage, to tell stages of one name apart. */
export function funnelsOfStages(crms: ReportFunnelsQuery['crms']): ReadonlyMap<string, string> {
  const funnels = crms.flatMap((crm) => crm.funnels);
  const pairs = funnels.flatMap(({ name, stages }) => stages.map(({ id }) => [id, name] as const));
  return new Map(funnels.length > 1 ? pairs : []);
}

/** The words for a choice of funnels: appointments where every CRM that has one of them speaks so. None chosen = those in reports. */
export function termsOf(crms: ReportFunnelsQuery['crms'], funnels: string[] | undefined): CrmTerms {
  const shown = crms.filter((crm) =>
    crm.funnels.some(({ id, inReports }) => (funnels ? funnels.includes(id) : inReports)),
  );
  return shown.length > 0 && shown.every(({ terms }) => terms === 'APPOINTMENTS') ? 'APPOINTMENTS' : 'DEALS';
}
