import { dealOf, funnel, reportFacts } from './reportFacts';
import {
  catalogOf,
  drillOf,
  effectsOf,
  type Formula,
  funnelOf,
  pathFactsOf,
  pathsOf,
  questionOf,
  tableOf,
} from './reports';

type Args = Record<string, unknown>;
type Input = { input: Record<string, unknown> };

/** A saved view as the test server keeps it. */
export interface View {
  id: string;
  report: string;
  name: string;
  isShared: boolean;
  isMine: boolean;
  definition: string;
}

/** What the test server knows about reports. */
export interface ReportsState {
  /** Whether reports have nothing to count. */
  isEmpty: boolean;
  terms: 'DEALS' | 'APPOINTMENTS';
  views: View[];
  formulas: Formula[];
}

/** Reports of an account that has facts, or has none. */
export function newReports(isEmpty: boolean): ReportsState {
  return {
    isEmpty,
    terms: 'DEALS',
    views: isEmpty
      ? []
      : [
          {
            id: '300',
            report: 'SUMMARY',
            name: 'Утренний',
            isShared: true,
            isMine: true,
            definition: '{"period":"days7","dims":["source"],"cols":["visits","deals.linear"]}',
          },
        ],
    formulas: [],
  };
}

const models = [
  'last_click',
  'last_nondirect_click',
  'first_click',
  'linear',
  'time_decay',
  'position_based_402040',
  'markov',
  'shapley',
];

/** Answers of the queries about reports. */
export function reportQueries(reports: ReportsState, page: (rows: unknown[], args: Args) => object) {
  const hidden = { dimension: 'channel', operator: 'IS', values: ['nowhere'] };
  const question = (args: Args) =>
    reports.isEmpty ? { ...questionOf(args), filter: hidden } : questionOf(args);
  return {
    reportCatalog: (_: unknown, { report }: Args) => catalogOf(String(report), reports.formulas),
    report: (_: unknown, args: Args) => tableOf(question(args)),
    reportFacts: (_: unknown, args: Args) => {
      const column = args.column as { metric: string };
      const { rows, sum } = drillOf(question(args), args.path as string[], column, Boolean(args.compared));
      return { ...page(rows, args), totalCount: rows.length, sum };
    },
    dealFunnel: (_: unknown, args: Args) => funnelOf(question(args)),
    reportPaths: (_: unknown, args: Args) => pathsOf(question(args), String(args.unit), Number(args.limit)),
    reportPathFacts: (_: unknown, args: Args) => {
      const rows = pathFactsOf(question(args), args);
      return { ...page(rows, args), totalCount: rows.length, sum: rows.length };
    },
    channelEffects: (_: unknown, args: Args) => effectsOf(question(args), String(args.unit)),
    attributionModels: () =>
      models
        .map((id) => ({ id, family: 'single', name: '', definition: null }))
        .concat({
          id: 'custom:1',
          family: 'custom',
          name: 'Наша модель',
          definition: null,
        }),
    reportViews: (_: unknown, { report }: Args) =>
      reports.views.filter((view) => report == null || view.report === report),
    reportView: (_: unknown, { id }: Args) => reports.views.find((view) => view.id === id),
    reportFormulas: () => reports.formulas,
    reportSettings: () => ({ lookbackDays: 90, windowDays: 180 }),
    crms: () =>
      reports.isEmpty
        ? []
        : [{ id: '600', kind: 'CUSTOM', name: 'Другая CRM', terms: reports.terms, funnels: [funnel] }],
    deals: (_: unknown, args: Args) => {
      const rows = reports.isEmpty
        ? []
        : reportFacts()
            .filter(({ fact }) => fact === 'DEAL')
            .map(dealOf);
      return page(rows, args);
    },
  };
}

/** Answers of the mutations about reports. */
export function reportMutations(reports: ReportsState, newId: () => string) {
  return {
    saveReportView: (_: unknown, { input }: Input) => {
      const old = reports.views.find(({ id }) => id === input.id);
      const view = { ...input, isMine: true } as unknown as View;
      if (old) {
        return { view: Object.assign(old, view) };
      }
      reports.views.push({ ...view, id: newId() });
      return { view: reports.views.at(-1) };
    },
    deleteReportView: (_: unknown, { input }: Input) => {
      reports.views = reports.views.filter(({ id }) => id !== input.id);
      return { id: input.id };
    },
    saveReportFormula: (_: unknown, { input }: Input) => {
      const old = reports.formulas.find(({ id }) => id === input.id);
      const formula = { ...input, id: old?.id ?? newId() } as unknown as Formula;
      if (old) {
        return { formula: Object.assign(old, formula) };
      }
      reports.formulas.push(formula);
      return { formula };
    },
    deleteReportFormula: (_: unknown, { input }: Input) => {
      reports.formulas = reports.formulas.filter(({ id }) => id !== input.id);
      return { id: input.id };
    },
  };
}
