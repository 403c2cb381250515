import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '../components/ReportFrame';
import { AssociatedReport } from '../components/AssociatedReport';

const route = getRouteApi('/shell/reports/associated');

/** Associated conversions. */
export function AssociatedPage() {
  const state = route.useSearch();
  return (
    <ReportFrame kind="ASSOCIATED" state={state}>
      <AssociatedReport />
    </ReportFrame>
  );
}
