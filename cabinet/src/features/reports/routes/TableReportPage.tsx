import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '../components/ReportFrame';
import { TableReport } from '../components/TableReport';

const endToEnd = getRouteApi('/shell/reports/end-to-end');
const summary = getRouteApi('/shell/reports/summary');

/** End-to-end analytics. */
export function EndToEndPage() {
  const state = endToEnd.useSearch();
  return (
    <ReportFrame kind="END_TO_END" state={state}>
      <TableReport />
    </ReportFrame>
  );
}

/** The summary report. */
export function SummaryPage() {
  const state = summary.useSearch();
  return (
    <ReportFrame kind="SUMMARY" state={state}>
      <TableReport />
    </ReportFrame>
  );
}
