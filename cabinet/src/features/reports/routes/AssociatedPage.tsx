import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '../components/ReportFrame';
import { TableReport } from '../components/TableReport';

const route = getRouteApi('/shell/reports/associated');

/** The report. */
export function AssociatedPage() {
  const state = route.useSearch();
  return (
    <ReportFrame kind="ASSOCIATED" state={state}>
      <TableReport />
    </ReportFrame>
  );
}
