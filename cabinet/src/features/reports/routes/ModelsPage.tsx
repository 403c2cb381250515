import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '../components/ReportFrame';
import { ModelsReport } from '../components/ModelsReport';

const route = getRouteApi('/shell/reports/models');

/** Attribution models side by side. */
export function ModelsPage() {
  const state = route.useSearch();
  return (
    <ReportFrame kind="MODELS" state={state}>
      <ModelsReport />
    </ReportFrame>
  );
}
