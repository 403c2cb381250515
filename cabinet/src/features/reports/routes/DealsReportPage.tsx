import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '../components/ReportFrame';
import { DealsReport } from '../components/DealsReport';

const route = getRouteApi('/shell/reports/deals');

/** Deal analysis. */
export function DealsReportPage() {
  const state = route.useSearch();
  return (
    <ReportFrame kind="DEALS" state={state}>
      <DealsReport />
    </ReportFrame>
  );
}
