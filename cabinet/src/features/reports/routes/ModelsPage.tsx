import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '../components/ReportFrame';
import { TableReport } from '../components/TableReport';

const route = getRouteApi('/shell/reports/models');

/** The report. */
export function ModelsPage() {
  const state = route.useSearch();
  return (
    <ReportFrame kind="MODELS" state={state}>
      <TableReport />
    </ReportFrame>
  );
}
