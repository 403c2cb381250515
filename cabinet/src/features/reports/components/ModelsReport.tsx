import { useModels } from '../hooks/useModels';
import { useReportPage } from '../hooks/useReportPage';
import type { Reference } from '../hooks/useTable';
import { comparedModels, modelColumns } from '../modelColumns';
import { shownDimensions, shownOrder, tableInput } from '../request';
import { EffectsPanel } from './EffectsPanel';
import { ModelControls } from './ModelControls';
import { ModelsChart } from './ModelsChart';
import { ReportTable } from './ReportTable';
import { ReportToolbar } from './ReportToolbar';

/** The same deals under several models. */
export function ModelsReport() {
  const { kind, state, catalog, today, change } = useReportPage();
  const known = useModels();
  const chosen = comparedModels(
    state,
    catalog,
    known.map(({ id }) => id),
  );
  const { models, metrics, base } = chosen;
  const shown = {
    dimensions: shownDimensions(state, catalog),
    columns: modelColumns(metrics, models),
  };
  const input = tableInput(kind, state, shown, today);
  const difference = state.diff ?? 'percent';
  const reference: Reference =
    base === undefined ? { kind: 'period' } : { kind: 'model', model: base, difference };
  return (
    <>
      <ReportToolbar input={input} hasColumns={false} hasModel={false} />
      <ModelControls chosen={chosen} />
      <ReportTable input={input} order={shownOrder(state, shown)} onOrder={change} reference={reference} />
      <ModelsChart input={input} metric={metrics[0] ?? ''} />
      <EffectsPanel />
    </>
  );
}
