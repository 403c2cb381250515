import type {
  ConversionModel,
  ReportCatalogQuery,
  ReportColumnInput,
  ReportInput,
  ReportKind,
} from '@/graphql/generated/graphql';
import { filterInput, readFilter } from './filter';
import { defaultPreset, type Period, periodOf, previousOf, yearBefore } from './period';
import {
  type ColumnChoice,
  columnText,
  type Conversion,
  ownOrder,
  readColumn,
  type ReportState,
} from './state';

/** What a report can show. */
export type Catalog = ReportCatalogQuery['reportCatalog'];

/** Something to count. */
export type Metric = Catalog['metrics'][number];

/** Something to break down by. */
export type Dimension = Catalog['dimensions'][number];

/** The model a report counts under when nothing else was asked for. */
export const defaultModel = 'last_click';

/** Rows of one page of a level. */
export const pageSize = 100;

const conversionModels: Record<Conversion, ConversionModel> = {
  deal: 'LAST_BEFORE_DEAL',
  contact: 'LAST_BEFORE_CONTACT',
  lead: 'LAST_BEFORE_LEAD',
};

/** The period a state shows. */
export function shownPeriod(state: ReportState, today: string): Period {
  return state.from !== undefined && state.to !== undefined
    ? { from: state.from, to: state.to }
    : periodOf(state.period ?? defaultPreset, today);
}

/** The period a state compares with; absent without one. */
export function comparedPeriod(state: ReportState, today: string): Period | undefined {
  const period = shownPeriod(state, today);
  switch (state.compare) {
    case 'previous':
      return previousOf(period);
    case 'year':
      return yearBefore(period);
    case 'custom':
      return { from: state.cfrom ?? '', to: state.cto ?? '' };
    default:
      return undefined;
  }
}

/** The dimensions a state shows: those chosen that exist, else the report's own. */
export function shownDimensions(state: ReportState, catalog: Catalog): string[] {
  const known = new Set(catalog.dimensions.map(({ id }) => id));
  const chosen = (state.dims ?? []).filter((id) => known.has(id));
  return chosen.length > 0 ? chosen : catalog.defaultDimensions;
}

/** The columns a state shows: those chosen that exist, else the report's own. */
export function shownColumns(state: ReportState, catalog: Catalog): ColumnChoice[] {
  const metrics = new Map(catalog.metrics.map((metric) => [metric.id, metric]));
  const chosen = (state.cols ?? []).map(readColumn).flatMap(({ metric, model }): ColumnChoice[] => {
    const known = metrics.get(metric);
    return known ? [{ metric, model: known.supportsModel ? model : null }] : [];
  });
  return chosen.length > 0 ? chosen : catalog.defaultColumns.map(({ metric, model }) => ({ metric, model }));
}

/** What stands apart from dimensions and columns in every question about a report. */
export function conditionsOf(
  kind: ReportKind,
  state: ReportState,
  today: string,
): Omit<ReportInput, 'dimensions' | 'columns'> {
  const input: Omit<ReportInput, 'dimensions' | 'columns'> = {
    report: kind,
    period: shownPeriod(state, today),
  };
  const compare = comparedPeriod(state, today);
  const filter = filterInput(readFilter(state.filter));
  if (compare) input.compare = compare;
  if (state.model) input.model = state.model;
  if (state.conv) input.conversionModel = conversionModels[state.conv];
  if (state.lookback) input.lookbackDays = state.lookback;
  if (state.window && kind === 'END_TO_END') input.windowDays = state.window;
  if (filter) input.filter = filter;
  if (state.funnels) input.funnelIds = state.funnels;
  return input;
}

/** The whole question behind a table: what is shown, under which conditions, in which order. */
export function tableInput(
  kind: ReportKind,
  state: ReportState,
  shown: { dimensions: string[]; columns: ColumnChoice[] },
  today: string,
): ReportInput {
  const input: ReportInput = {
    ...conditionsOf(kind, state, today),
    dimensions: shown.dimensions,
    columns: shown.columns.map(columnInput),
  };
  const order = shownOrder(state, shown);
  const sortBy = shown.columns.findIndex((column) => columnText(column) === order.sort);
  if (sortBy >= 0) {
    input.sortBy = sortBy;
    input.direction = order.dir === 'asc' ? 'ASC' : 'DESC';
  }
  return input;
}

/** A column and a direction to sort by; without a column, the dimension's own order. */
export type Order = Pick<ReportState, 'sort' | 'dir'>;

/** Dimensions whose own order says more than that of a figure. */
const ordered = new Set(['date', 'week', 'month', 'weekday', 'hour', 'deal_date', 'deal_cycle']);

/** The order a state shows: the one chosen, else the largest of the first column on top. */
export function shownOrder(
  state: ReportState,
  shown: { dimensions: string[]; columns: ColumnChoice[] },
): Order {
  const ids = shown.columns.map(columnText);
  if (state.sort === ownOrder || (state.sort !== undefined && ids.includes(state.sort))) {
    return state.sort === ownOrder ? {} : { sort: state.sort, dir: state.dir };
  }
  return ordered.has(shown.dimensions[0] ?? '') ? {} : { sort: ids[0] };
}

/** A column as the server takes it. */
export function columnInput({ metric, model }: ColumnChoice): ReportColumnInput {
  return model === null ? { metric } : { metric, model };
}

/** Where the server writes a report into a file. */
export function exportAddress(input: ReportInput, format: 'csv' | 'xlsx'): string {
  return `/export/report.${format}?request=${base64url(JSON.stringify(input))}`;
}

/** UTF-8 text as base64 that needs no escapes in an address. */
export function base64url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
