import type { Catalog } from './request';
import { type ColumnChoice, maxColumns, type ReportState } from './state';

/** Models that stand side by side at first. */
export const usualModels = ['last_click', 'first_click', 'linear', 'time_decay'];

/** Metrics that are compared at first. */
export const usualMetrics = ['deals', 'revenue'];

/** The models, metrics and base a state compares. */
export function comparedModels(state: ReportState, catalog: Catalog, known: string[]) {
  const models = (state.models ?? usualModels).filter((id) => known.length === 0 || known.includes(id));
  const applicable = catalog.metrics.filter(({ supportsModel }) => supportsModel).map(({ id }) => id);
  const chosen = (state.metrics ?? usualMetrics).filter((id) => applicable.includes(id));
  const metrics = chosen.length > 0 ? chosen : applicable.slice(0, 1);
  const base = state.base !== undefined && models.includes(state.base) ? state.base : undefined;
  return { models: models.length > 0 ? models : usualModels.slice(0, 1), metrics, base, applicable };
}

/** Every metric under every model; the models of a metric stand together. */
export function modelColumns(metrics: string[], models: string[]): ColumnChoice[] {
  return metrics.flatMap((metric) => models.map((model) => ({ metric, model }))).slice(0, maxColumns);
}
