import { compact, type RawSearch, textParam, wordParam } from '@/ui/searchParams';
import { defaultPreset, isPeriod, type Preset, presets, steps, type Step } from './period';

/** Ways to choose the period compared with. */
export const comparisons = ['previous', 'year', 'custom'] as const;

/** See `comparisons`. */
export type Comparison = (typeof comparisons)[number];

/** Conversion models as they stand in the address. */
export const conversions = ['deal', 'contact', 'lead'] as const;

/** See `conversions`. */
export type Conversion = (typeof conversions)[number];

/** What the steps of paths may be. */
export const units = ['channel', 'source', 'campaign'] as const;

/** See `units`. */
export type Unit = (typeof units)[number];

/** How differences between models are written. */
export const differences = ['percent', 'absolute'] as const;

/** See `differences`. */
export type Difference = (typeof differences)[number];

/** Most dimensions a report nests. */
export const maxDimensions = 6;

/** Most columns of a table. */
export const maxColumns = 40;

/** In place of a column to sort by: the dimension's own order. */
export const ownOrder = 'own';

/** Everything a report page shows, as it stands in the address and in saved views. What is absent is the report's own choice. */
export interface ReportState {
  /** A period counted from today, instead of `from` and `to`. */
  period?: Preset;
  from?: string;
  to?: string;
  compare?: Comparison;
  /** The period compared with, for `custom`. */
  cfrom?: string;
  cto?: string;
  /** Dimensions, outermost first. */
  dims?: string[];
  /** Columns, as `columnText` writes them. */
  cols?: string[];
  /** Attribution model of the columns that name none. */
  model?: string;
  conv?: Conversion;
  /** Days a path looks back. */
  lookback?: number;
  /** Days after a visit within which communications count. */
  window?: number;
  /** Funnels whose deals count. */
  funnels?: string[];
  /** Conditions, as `writeFilter` writes them. */
  filter?: string;
  /** Column to sort by, as `columnText` writes it, or `ownOrder`; `dir` turns it round. */
  sort?: string;
  dir?: 'asc';
  /** The saved view that is shown. */
  view?: string;
  /** The open part of a page with tabs. */
  tab?: string;
  /** Dynamics: how finely. */
  step?: Step;
  /** Funnel that is drawn. */
  funnel?: string;
  /** Paths: what the steps are. */
  unit?: Unit;
  /** Models that stand side by side. */
  models?: string[];
  /** Metrics that are compared between models. */
  metrics?: string[];
  /** Model the others are compared with. */
  base?: string;
  diff?: Difference;
  /** Order of the Markov chain. */
  order?: number;
}

/** A change of some of the state; `undefined` goes back to the report's own choice. */
export type StateChange = { [Name in keyof ReportState]?: ReportState[Name] | undefined };

/** Reads the address or a saved view; whatever makes no sense is passed over. */
export function readReportState(raw: RawSearch): ReportState {
  const custom = { from: textParam(raw, 'from'), to: textParam(raw, 'to') };
  const compared = { from: textParam(raw, 'cfrom'), to: textParam(raw, 'cto') };
  const isCustom = isPeriod(custom);
  const compare = wordParam(raw, 'compare', comparisons);
  const hasCompared = compare === 'custom' && isPeriod(compared);
  const preset = wordParam(raw, 'period', presets);
  return compact<ReportState>({
    period: isCustom || preset === defaultPreset ? undefined : preset,
    from: isCustom ? custom.from : undefined,
    to: isCustom ? custom.to : undefined,
    compare: compare === 'custom' && !hasCompared ? 'previous' : compare,
    cfrom: hasCompared ? compared.from : undefined,
    cto: hasCompared ? compared.to : undefined,
    dims: listParam(raw, 'dims')?.slice(0, maxDimensions),
    cols: listParam(raw, 'cols')?.slice(0, maxColumns),
    model: textParam(raw, 'model'),
    conv: wordParam(raw, 'conv', conversions),
    lookback: countParam(raw, 'lookback', 365),
    window: countParam(raw, 'window', 365),
    funnels: listParam(raw, 'funnels'),
    filter: textParam(raw, 'filter'),
    sort: textParam(raw, 'sort'),
    dir: wordParam(raw, 'dir', ['asc']),
    view: textParam(raw, 'view'),
    tab: textParam(raw, 'tab'),
    step: wordParam(raw, 'step', steps),
    funnel: textParam(raw, 'funnel'),
    unit: wordParam(raw, 'unit', units),
    models: listParam(raw, 'models'),
    metrics: listParam(raw, 'metrics'),
    base: textParam(raw, 'base'),
    diff: wordParam(raw, 'diff', differences),
    order: countParam(raw, 'order', 3),
  } as ReportState);
}

/** The state after a change, without what is absent. */
export function changed(state: ReportState, change: StateChange): ReportState {
  return compact({ ...state, ...change } as ReportState);
}

/** A state as a saved view keeps it: all but which view it is. */
export function definitionOf(state: ReportState): string {
  return JSON.stringify({ ...state, view: undefined });
}

/** Reads what a saved view keeps. */
export function readDefinition(definition: string): ReportState {
  try {
    const raw: unknown = JSON.parse(definition);
    return typeof raw === 'object' && raw !== null ? readReportState(raw as RawSearch) : {};
  } catch {
    return {};
  }
}

/** A column: a metric, under a model of its own or the report's. */
export interface ColumnChoice {
  metric: string;
  model: string | null;
}

/** A column in the address: `deals` or `deals.linear`. */
export function columnText({ metric, model }: ColumnChoice): string {
  return model === null ? metric : `${metric}.${model}`;
}

/** Reads a column of the address; ids of metrics have no dots. */
export function readColumn(text: string): ColumnChoice {
  const dot = text.indexOf('.');
  return dot < 0
    ? { metric: text, model: null }
    : { metric: text.slice(0, dot), model: text.slice(dot + 1) || null };
}

function listParam(raw: RawSearch, name: string): string[] | undefined {
  const value = raw[name];
  const given: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  const words = given.filter((word): word is string => typeof word === 'string' && word.trim() !== '');
  return words.length > 0 ? [...new Set(words)] : undefined;
}

function countParam(raw: RawSearch, name: string, max: number): number | undefined {
  const count = Number(raw[name]);
  return Number.isInteger(count) && count >= 1 && count <= max ? count : undefined;
}
