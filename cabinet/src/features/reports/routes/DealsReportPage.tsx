import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '../components/ReportFrame';
import { TableReport } from '../components/TableReport';

const route = getRouteApi('/shell/reports/deals');

/** The report. */
export function DealsReportPage() {
  const state = route.useSearch();
  return (
    <ReportFrame kind="DEALS" state={state}>
      <TableReport />
    </ReportFrame>
  );
}
