import type { CustomModelKind } from '@/graphql/generated/graphql';

/** A touch of the path the pictures are drawn over. */
export interface Touch {
  /** Days before the deal. */
  age: number;
  isDirect?: boolean;
  isPaid?: boolean;
  /** It brought the contact. */
  isLead?: boolean;
  /** It brought the deal. */
  isDeal?: boolean;
}

/** The path of the pictures: advertising, search, advertising where a phone was left, a direct visit before the deal. */
export const examplePath: Touch[] = [
  { age: 21, isPaid: true },
  { age: 14 },
  { age: 7, isPaid: true, isLead: true },
  { age: 0, isDirect: true, isDeal: true },
];

type Rule = (path: Touch[]) => number[];

const lastOf = (path: Touch[], fits: (touch: Touch) => boolean) => path.findLastIndex(fits);
const only = (path: Touch[], index: number) => path.map((_, i) => (i === index ? 1 : 0));
const lastClick: Rule = (path) => only(path, path.length - 1);
const lastNonDirect: Rule = (path) => {
  const index = lastOf(path, ({ isDirect }) => !isDirect);
  return index < 0 ? lastClick(path) : only(path, index);
};
const paid =
  (find: 'findIndex' | 'findLastIndex'): Rule =>
  (path) => {
    const index = path[find](({ isPaid }) => isPaid === true);
    return index < 0 ? lastNonDirect(path) : only(path, index);
  };

/** Shares of the first, all between and the last; two touches keep the proportion of first and last. */
export function byPlace(first: number, middle: number, last: number): Rule {
  return (path) => {
    const n = path.length;
    if (n === 1) {
      return [1];
    }
    if (n === 2) {
      return first + last > 0 ? [first / (first + last), last / (first + last)] : [0.5, 0.5];
    }
    return path.map((_, i) => (i === 0 ? first : i === n - 1 ? last : middle / (n - 2)));
  };
}

/** Weight halves every so many days. */
export function byAge(halfLifeDays: number): Rule {
  return (path) => normalised(path.map(({ age }) => 2 ** (-age / halfLifeDays)));
}

const wShaped: Rule = (path) => {
  const weights = path.map(() => 0);
  const lead = path.findIndex(({ isLead }) => isLead === true);
  const deal = lastOf(path, ({ isDeal }) => isDeal === true);
  for (const index of [0, lead, deal]) {
    if (index >= 0) {
      weights[index] = (weights[index] ?? 0) + 0.3;
    }
  }
  const rest = weights.filter((weight) => weight === 0).length;
  return normalised(weights.map((weight) => (weight === 0 ? 0.1 / rest : weight)));
};

function normalised(weights: number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

const rules = {
  last_click: lastClick,
  last_nondirect_click: lastNonDirect,
  first_click: (path) => only(path, 0),
  last_paid_click: paid('findLastIndex'),
  first_paid_click: paid('findIndex'),
  linear: (path) => path.map(() => 1 / path.length),
  position_based_402040: byPlace(0.4, 0.2, 0.4),
  position_based_206020: byPlace(0.2, 0.6, 0.2),
  position_based_105040: byPlace(0.1, 0.5, 0.4),
  w_shaped: wShaped,
  time_decay: byAge(7),
} as const satisfies Record<string, Rule>;

/** Models whose parts follow from the path alone. */
export type RuleModel = keyof typeof rules;

/** Models that learn from all paths of a report. */
export const learning = ['markov', 'shapley'] as const;

/** All models but the account's own. */
export type KnownModel = RuleModel | (typeof learning)[number];

/** The models in families, as the page explains them. */
export const families = {
  single: ['last_click', 'last_nondirect_click', 'first_click', 'last_paid_click', 'first_paid_click'],
  position: ['linear', 'position_based_402040', 'position_based_206020', 'position_based_105040', 'w_shaped'],
  time: ['time_decay'],
} as const satisfies Record<string, RuleModel[]>;

/** Whether the cabinet has words for a model. */
export function isKnownModel(id: string): id is KnownModel {
  return Object.hasOwn(rules, id) || (learning as readonly string[]).includes(id);
}

/** The parts of a path's touches under a model. */
export function weightsOf(model: RuleModel, path: Touch[]): number[] {
  return rules[model](path);
}

/** A model of the account's own. */
export interface Definition {
  kind: CustomModelKind;
  first: number;
  middle: number;
  last: number;
  halfLifeDays: number;
  excludeDirect: boolean;
}

/** The parts under a model of the account's own; direct touches may be left out where another remains. */
export function customWeights(definition: Definition, path: Touch[]): number[] {
  const { kind, first, middle, last, halfLifeDays, excludeDirect } = definition;
  const sourced = path.filter(({ isDirect }) => !isDirect);
  const counted = excludeDirect && sourced.length > 0 ? sourced : path;
  const weights = (kind === 'POSITION' ? byPlace(first, middle, last) : byAge(halfLifeDays))(counted);
  return path.map((touch) => weights[counted.indexOf(touch)] ?? 0);
}
