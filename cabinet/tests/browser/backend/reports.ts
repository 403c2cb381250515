import { weekOf } from '@/features/reports/period';
import { factRow, type Fact, labels, reportFacts, stages } from './reportFacts';

type Args = Record<string, unknown>;

/** A question about a report, as far as the test server reads it. */
interface Question {
  report: string;
  period: Period;
  compare?: Period | null;
  dimensions: string[];
  path?: string[] | null;
  columns: { metric: string; model?: string | null }[];
  model?: string | null;
  filter?: Filter | null;
  sortBy?: number | null;
  direction?: string | null;
  limit?: number | null;
  offset?: number | null;
}

interface Period {
  from: string;
  to: string;
}

interface Filter {
  dimension?: string | null;
  operator?: string | null;
  values?: string[] | null;
  filters?: Filter[] | null;
  any?: boolean | null;
}

/** A part of a fact that belongs to one touch. */
interface Piece {
  fact: Fact;
  keys: Record<string, string>;
  share: number;
}

interface Metric {
  id: string;
  group: string;
  type: string;
  fact: string | null;
  formula: string;
  supportsModel: boolean;
  /** What a piece adds. */
  adds?: (piece: Piece) => number;
  /** Of other metrics. */
  derives?: (of: (id: string) => number) => number | null;
}

const counted = (
  id: string,
  group: string,
  fact: string | null,
  adds: (piece: Piece) => number,
  type = 'COUNT',
): Metric => ({
  id,
  group,
  type,
  fact,
  formula: '',
  supportsModel: fact !== null && fact !== 'SESSION',
  adds,
});

const derived = (
  id: string,
  group: string,
  type: string,
  formula: string,
  derives: NonNullable<Metric['derives']>,
): Metric => ({ id, group, type, fact: null, formula, supportsModel: true, derives });

const of = (kind: string) => (piece: Piece) => (piece.fact.fact === kind ? piece.share : 0);
const ofType = (type: string) => (piece: Piece) =>
  piece.fact.keys.communication_type === type ? piece.share : 0;
const ofStatus = (status: string) => (piece: Piece) =>
  piece.fact.keys.deal_status === status ? piece.share : 0;
const money = (piece: Piece) => Math.round(piece.fact.revenue * piece.share);
const quotient = (a: number, b: number, factor = 1) => (b === 0 ? null : (a / b) * factor);

const metrics: Metric[] = [
  counted('visits', 'visits', 'SESSION', of('SESSION')),
  counted('visitors', 'visits', 'SESSION', of('SESSION')),
  counted('cost', 'costs', null, (piece) => piece.fact.cost, 'MONEY'),
  derived('cpv', 'costs', 'MONEY', 'cost / visits', (get) => quotient(get('cost'), get('visits'))),
  derived('cpa', 'costs', 'MONEY', 'cost / communications', (get) =>
    quotient(get('cost'), get('communications')),
  ),
  derived('cpd', 'costs', 'MONEY', 'cost / deals', (get) => quotient(get('cost'), get('deals'))),
  counted('communications', 'communications', 'COMMUNICATION', of('COMMUNICATION')),
  counted('calls', 'communications', 'COMMUNICATION', ofType('call')),
  counted('chats', 'communications', 'COMMUNICATION', ofType('chat')),
  counted('deals', 'deals', 'DEAL', of('DEAL')),
  counted('deals_won', 'deals', 'DEAL', ofStatus('success')),
  counted('deals_open', 'deals', 'DEAL', ofStatus('in_process')),
  counted('deals_lost', 'deals', 'DEAL', ofStatus('failed')),
  derived('won_share', 'deals', 'PERCENT', 'deals_won / deals', (get) =>
    quotient(get('deals_won'), get('deals'), 100),
  ),
  counted('revenue', 'deals', 'DEAL', money, 'MONEY'),
  counted(
    'revenue_won',
    'deals',
    'DEAL',
    (piece) => (piece.fact.keys.deal_status === 'success' ? money(piece) : 0),
    'MONEY',
  ),
  derived('average_bill', 'deals', 'MONEY', 'revenue / deals', (get) =>
    quotient(get('revenue'), get('deals')),
  ),
  derived('cycle', 'deals', 'DAYS', '', (get) => (get('deals_won') > 0 ? 5.5 : null)),
  counted('deal_contacts', 'deals', 'DEAL', of('DEAL')),
  counted('deals_without_source', 'deals', 'DEAL', (piece) =>
    piece.fact.fact === 'DEAL' && piece.fact.touches.length === 0 ? piece.share : 0,
  ),
  derived('romi', 'return', 'PERCENT', '(revenue - cost) / cost', (get) =>
    quotient(get('revenue') - get('cost'), get('cost'), 100),
  ),
  derived('visit_to_deal', 'conversion', 'PERCENT', 'deals / visits', (get) =>
    quotient(get('deals'), get('visits'), 100),
  ),
  counted('assisted', 'associated', 'DEAL', of('DEAL')),
  counted('last', 'associated', 'DEAL', of('DEAL')),
  counted('first', 'associated', 'DEAL', of('DEAL')),
  counted('assisted_value', 'associated', 'DEAL', money, 'MONEY'),
  counted('last_value', 'associated', 'DEAL', money, 'MONEY'),
  derived('assisted_ratio', 'associated', 'NUMBER', 'assisted / last', (get) =>
    quotient(get('assisted'), get('last')),
  ),
];

const groups: Record<string, string[]> = {
  source: ['channel', 'source', 'campaign', 'keyword'],
  visitor: ['device', 'visitor_type'],
  time: ['date', 'week', 'month', 'weekday'],
  communication: ['communication_type'],
  deal: ['deal_funnel', 'deal_stage', 'deal_status', 'deal_employee', 'deal_cycle'],
};

const firstLook: Record<string, { dimensions: string[]; columns: string[] }> = {
  END_TO_END: {
    dimensions: ['channel', 'source', 'campaign'],
    columns: ['cost', 'visits', 'communications', 'cpa', 'deals', 'revenue', 'romi'],
  },
  SUMMARY: { dimensions: ['channel'], columns: ['visits', 'communications', 'deals', 'revenue'] },
  DEALS: {
    dimensions: ['deal_stage'],
    columns: ['deals', 'deals_won', 'revenue', 'average_bill', 'cycle', 'deals_without_source'],
  },
  ASSOCIATED: {
    dimensions: ['channel'],
    columns: ['assisted', 'last', 'first', 'assisted_ratio', 'assisted_value', 'last_value'],
  },
  MODELS: { dimensions: ['channel'], columns: ['deals', 'revenue'] },
};

/** What a report can show. */
export function catalogOf(report: string, formulas: Formula[]) {
  const look = firstLook[report] ?? { dimensions: ['channel'], columns: ['visits'] };
  return {
    dimensions: Object.entries(groups).flatMap(([group, ids]) =>
      ids.map((id) => ({ id, group, facts: ['SESSION', 'COMMUNICATION', 'DEAL'] })),
    ),
    metrics: [
      ...metrics.map((metric) => metricRow(metric)),
      ...stages.slice(0, 2).map(({ id, name }) => ({
        ...metricRow(counted(`stage:${id}`, 'stages', 'DEAL', of('DEAL'))),
        title: name,
      })),
      ...formulas.map((formula) => ({
        ...metricRow(derived(`formula:${formula.id}`, 'formulas', formula.type, formula.expression, () => 1)),
        title: formula.name,
      })),
    ],
    defaultDimensions: look.dimensions,
    defaultColumns: look.columns.map((metric) => ({ metric, model: null })),
  };
}

/** A metric of the account's own. */
export interface Formula {
  id: string;
  name: string;
  expression: string;
  type: string;
}

function metricRow({ id, group, type, fact, formula, supportsModel }: Metric) {
  return { id, group, type, fact, formula, supportsModel, isAdditive: formula === '', title: '' };
}

function metricOf(id: string): Metric {
  return (
    metrics.find((metric) => metric.id === id) ??
    (id.startsWith('stage:')
      ? counted(id, 'stages', 'DEAL', of('DEAL'))
      : derived(id, 'formulas', 'NUMBER', '', (get) => quotient(get('revenue'), get('deals'), 0.01)))
  );
}

/** One level of a report. */
export function tableOf(question: Question) {
  const path = question.path ?? [];
  const dimension = question.dimensions[path.length] ?? '';
  const rowsOf = (period: Period) => {
    const inside = (piece: Piece) =>
      path.every((key, at) => keyOf(piece, question.dimensions[at] ?? '') === key);
    const keys = new Set(
      question.columns.flatMap(({ model }) =>
        piecesOf(question, period, model)
          .filter(inside)
          .map((piece) => keyOf(piece, dimension)),
      ),
    );
    return new Map([...keys].map((key) => [key, valuesOf(question, period, [...path, key])]));
  };
  const rows = rowsOf(question.period);
  const compared = question.compare ? rowsOf(question.compare) : null;
  const all = [...rows].map(([key, values]) => ({
    key,
    label: labels[dimension]?.[key] ?? key,
    expandable: path.length + 1 < question.dimensions.length,
    values,
    compared: compared ? (compared.get(key) ?? values.map(() => 0)) : null,
  }));
  sortRows(all, question);
  const offset = question.offset ?? 0;
  return {
    columns: question.columns.map(({ metric, model }) => {
      const known = metricOf(metric);
      return {
        metric: { ...metricRow(known), title: titleOf(metric) },
        model: known.supportsModel ? (model ?? question.model ?? 'last_click') : null,
      };
    }),
    rows: all.slice(offset, offset + (question.limit ?? 200)),
    rowCount: all.length,
    totals: valuesOf(question, question.period, path),
    comparedTotals: question.compare ? valuesOf(question, question.compare, path) : null,
    asOf: '2026-03-14T12:00:00.000Z',
  };
}

function titleOf(metric: string): string {
  const stage = stages.find(({ id }) => `stage:${id}` === metric);
  return metric.startsWith('formula:') ? 'Выручка на сделку' : (stage?.name ?? '');
}

function sortRows(rows: { key: string; values: (number | null)[] }[], question: Question): void {
  const { sortBy } = question;
  rows.sort((a, b) =>
    sortBy == null ? a.key.localeCompare(b.key) : (b.values[sortBy] ?? -1) - (a.values[sortBy] ?? -1),
  );
  if (sortBy != null && question.direction === 'ASC') {
    rows.reverse();
  }
}

/** The figures of a row and what they are made of. */
export function drillOf(
  question: Question,
  path: string[],
  column: Question['columns'][number],
  compared: boolean,
) {
  const period = compared && question.compare ? question.compare : question.period;
  const { adds = () => 0 } = metricOf(column.metric);
  const rows = piecesOf(question, period, column.model)
    .filter((piece) => path.every((key, at) => keyOf(piece, question.dimensions[at] ?? '') === key))
    .filter((piece) => adds(piece) !== 0)
    .map((piece) => factRow(piece.fact, piece.share, adds(piece)));
  return { rows, sum: rows.reduce((sum, { value }) => sum + value, 0) };
}

function valuesOf(question: Question, period: Period, path: string[]): (number | null)[] {
  return question.columns.map(({ metric, model }) => {
    const pieces = piecesOf(question, period, model).filter((piece) =>
      path.every((key, at) => keyOf(piece, question.dimensions[at] ?? '') === key),
    );
    const get = (id: string): number => {
      const { adds } = metricOf(id);
      return adds ? pieces.reduce((sum, piece) => sum + adds(piece), 0) : 0;
    };
    const { derives } = metricOf(metric);
    return derives ? derives(get) : get(metric);
  });
}

const all = reportFacts();

function piecesOf(question: Question, { from, to }: Period, model?: string | null): Piece[] {
  return all
    .filter(({ at }) => at.slice(0, 10) >= from && at.slice(0, 10) <= to)
    .flatMap((fact) => split(fact, model ?? question.model ?? 'last_click'))
    .filter((piece) => !question.filter || fits(piece, question.filter));
}

function split(fact: Fact, model: string): Piece[] {
  const { touches } = fact;
  if (touches.length === 0) {
    return [{ fact, keys: {}, share: 1 }];
  }
  const chosen =
    model === 'first_click'
      ? touches.slice(0, 1)
      : model === 'linear' || model === 'markov' || model === 'shapley'
        ? touches
        : touches.slice(-1);
  return chosen.map((touch) => ({ fact, keys: { ...touch }, share: 1 / chosen.length }));
}

function keyOf({ fact, keys }: Piece, dimension: string): string {
  const day = fact.at.slice(0, 10);
  switch (dimension) {
    case 'date':
      return day;
    case 'month':
      return day.slice(0, 7);
    case 'weekday':
      return String(((new Date(day).getUTCDay() + 6) % 7) + 1);
    case 'week':
      return weekOf(day);
    default:
      return fact.keys[dimension] ?? keys[dimension] ?? '';
  }
}

function fits(piece: Piece, filter: Filter): boolean {
  if (filter.filters) {
    return filter.any
      ? filter.filters.some((part) => fits(piece, part))
      : filter.filters.every((part) => fits(piece, part));
  }
  const key = keyOf(piece, filter.dimension ?? '');
  const label = (labels[filter.dimension ?? '']?.[key] ?? key).toLowerCase();
  const values = filter.values ?? [];
  switch (filter.operator) {
    case 'IS':
      return values.includes(key);
    case 'IS_NOT':
      return !values.includes(key);
    case 'CONTAINS':
      return values.some((value) => label.includes(value.toLowerCase()));
    case 'NOT_CONTAINS':
      return !values.some((value) => label.includes(value.toLowerCase()));
    case 'STARTS':
      return values.some((value) => label.startsWith(value.toLowerCase()));
    case 'EMPTY':
      return key === '';
    default:
      return key !== '';
  }
}

/** How the deals of the period went through the stages. */
export function funnelOf(question: Question) {
  const deals = piecesOf(question, question.period).filter(({ fact }) => fact.fact === 'DEAL');
  const reached = [deals.length, Math.round(deals.length * 0.6), Math.round(deals.length * 0.3)];
  return stages.slice(0, 3).map((stage, index) => ({
    stage,
    deals: reached[index] ?? 0,
    fromPrevious: index === 0 ? null : quotient(reached[index] ?? 0, reached[index - 1] ?? 0, 100),
    fromFirst: quotient(reached[index] ?? 0, deals.length, 100),
    lost: index === 2 ? 0 : (reached[index] ?? 0) - (reached[index + 1] ?? 0),
    costPerDeal: quotient(900_000, reached[index] ?? 0),
  }));
}

/** The paths that led to the deals of the period. */
export function pathsOf(question: Question, unit: string, limit: number) {
  const deals = piecesOf(question, question.period).filter(({ fact }) => fact.fact === 'DEAL');
  const known = deals.filter(({ fact }) => fact.touches.length > 0);
  const dimension = unit.toLowerCase();
  const steps = new Map<string, { steps: string[]; deals: number; revenue: number }>();
  for (const { fact } of known) {
    const keys = stepsOf(fact, dimension);
    const path = steps.get(keys.join()) ?? { steps: keys, deals: 0, revenue: 0 };
    steps.set(keys.join(), { ...path, deals: path.deals + 1, revenue: path.revenue + fact.revenue });
  }
  const word = (key: string) => labels[dimension]?.[key] ?? key;
  const links = new Map<string, number>();
  for (const path of steps.values()) {
    path.steps.forEach((key, at) => {
      const id = JSON.stringify([at + 1, key, path.steps[at + 1] ?? '(deal)']);
      links.set(id, (links.get(id) ?? 0) + path.deals);
    });
  }
  const bucket = (numberOf: (fact: Fact) => number) => (from: number, to: number | null) => {
    const facts = known.map(({ fact }) => fact).filter((fact) => isBetween(numberOf(fact), from, to));
    return { from, to, deals: facts.length, revenue: facts.reduce((sum, { revenue }) => sum + revenue, 0) };
  };
  const length = bucket(lengthOf);
  const lag = bucket(lagOf);
  return {
    top: [...steps.values()]
      .sort((a, b) => b.deals - a.deals)
      .slice(0, limit)
      .map((path) => ({
        ...path,
        labels: path.steps.map(word),
        share: (path.deals / known.length) * 100,
      })),
    lengths: known.length === 0 ? [] : [length(1, 1), length(2, 2), length(3, 3), length(4, null)],
    timeLags: known.length === 0 ? [] : [lag(0, 0), lag(1, 3), lag(4, null)],
    flow: [...links].map(([id, count]) => {
      const [step, from, to] = JSON.parse(id) as [number, string, string];
      return {
        step,
        from,
        fromLabel: word(from),
        to,
        toLabel: word(to),
        deals: count,
      };
    }),
    dealsWithPath: known.length,
    deals: deals.length,
  };
}

function stepsOf(fact: Fact, dimension: string): string[] {
  return fact.touches
    .map((touch) => touch[dimension as 'channel'])
    .filter((key, at, list) => key !== list[at - 1]);
}

const lengthOf = (fact: Fact) => fact.touches.length;
/** The visits of the test account have no days of their own: there are two between any two of them. */
const lagOf = (fact: Fact) => 2 * (fact.touches.length - 1);
const isBetween = (value: number, from: number, to: number | null) =>
  value >= from && (to === null || value <= to);

/** The deals behind a row of the paths. */
export function pathFactsOf(question: Question, args: Args) {
  const { steps, lengthFrom, lengthTo, lagFrom, lagTo } = args as {
    steps?: string[];
    lengthFrom?: number;
    lengthTo?: number;
    lagFrom?: number;
    lagTo?: number;
  };
  const isChosen = (fact: Fact) =>
    steps
      ? stepsOf(fact, String(args.unit).toLowerCase()).join() === steps.join()
      : lengthFrom === undefined
        ? fact.touches.length > 0 && isBetween(lagOf(fact), lagFrom ?? 0, lagTo ?? null)
        : isBetween(lengthOf(fact), lengthFrom, lengthTo ?? null);
  return piecesOf(question, question.period)
    .filter(({ fact }) => fact.fact === 'DEAL' && isChosen(fact))
    .map(({ fact }) => factRow(fact, 1, 1));
}

/** What channels do, by the data-driven models. */
export function effectsOf(question: Question, unit: string) {
  const dimension = unit.toLowerCase();
  const table = tableOf({
    ...question,
    dimensions: [dimension],
    path: [],
    columns: [
      { metric: 'deals', model: 'linear' },
      { metric: 'revenue', model: 'linear' },
    ],
  });
  return table.rows
    .filter(({ key, values }) => key !== '' && (values[0] ?? 0) > 0)
    .map(({ key, label, values }, index) => ({
      key,
      label,
      removalEffect: 0.6 / (index + 1),
      markovDeals: values[0] ?? 0,
      markovRevenue: values[1] ?? 0,
      shapleyDeals: (values[0] ?? 0) * 0.9,
      shapleyRevenue: (values[1] ?? 0) * 0.9,
    }));
}

/** The question inside the arguments of a field. */
export function questionOf(args: Args): Question {
  return args.input as Question;
}
