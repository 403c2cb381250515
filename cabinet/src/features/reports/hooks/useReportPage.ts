import { useNavigate } from '@tanstack/react-router';
import { createContext, use } from 'react';
import type { ReportKind } from '@/graphql/generated/graphql';
import type { Catalog } from '../request';
import { changed, type ReportState, type StateChange } from '../state';

/** What the parts of a report page share. */
export interface ReportPageValue {
  kind: ReportKind;
  state: ReportState;
  catalog: Catalog;
  /** Today in the account's time zone. */
  today: string;
  /** Changes what is shown, and with it the address. */
  change: (change: StateChange) => void;
}

/** See `useReportPage`. */
export const ReportPageContext = createContext<ReportPageValue | null>(null);

/** The report page around a part. */
export function useReportPage(): ReportPageValue {
  const value = use(ReportPageContext);
  if (!value) {
    throw new Error('useReportPage is used outside a report page');
  }
  return value;
}

/** Changes the address of the page that is open. */
export function useChangeState(state: ReportState) {
  const navigate = useNavigate();
  return (change: StateChange) =>
    void navigate({ to: '.', search: changed(state, change) as never, replace: true, resetScroll: false });
}
