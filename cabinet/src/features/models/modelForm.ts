import type {
  AttributionModelFieldsFragment,
  CustomModelKind,
  SaveAttributionModelInput,
} from '@/graphql/generated/graphql';
import type { Definition } from './weights';

/** Shortest and longest half-life, days. */
export const halfLife = { min: 1 / 24, max: 365 };

/** What a person edits of an own model; shares in percent, as typed. */
export interface ModelFormValues {
  name: string;
  kind: CustomModelKind;
  first: number | string;
  middle: number | string;
  last: number | string;
  halfLifeDays: number | string;
  excludeDirect: boolean;
}

/** A model as the form shows it; a new one when absent. */
export function modelFormOf(model?: AttributionModelFieldsFragment): ModelFormValues {
  const definition = model?.definition;
  const isPosition = definition?.kind === 'POSITION';
  return {
    name: model?.name ?? '',
    kind: definition?.kind ?? 'POSITION',
    first: isPosition ? percent(definition.first) : 40,
    middle: isPosition ? percent(definition.middle) : 20,
    last: isPosition ? percent(definition.last) : 40,
    halfLifeDays: definition?.kind === 'DECAY' ? definition.halfLifeDays : 7,
    excludeDirect: definition?.excludeDirect ?? false,
  };
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}

/** The sum of the shares in percent; null while one is no number. */
export function shareSum({ first, middle, last }: ModelFormValues): number | null {
  const shares = [first, middle, last].map(shareOf);
  return shares.includes(null)
    ? null
    : percent(shares.reduce<number>((sum, share) => sum + (share ?? 0), 0) / 100);
}

/** A share in percent between 0 and 100, else null. */
function shareOf(value: number | string): number | null {
  const number = value === '' ? Number.NaN : Number(value);
  return number >= 0 && number <= 100 ? number : null;
}

/** Half-life in days, null when out of bounds. */
export function halfLifeOf(value: number | string): number | null {
  const days = value === '' ? Number.NaN : Number(value);
  return days >= halfLife.min && days <= halfLife.max ? days : null;
}

/** What the form defines, null while it makes no sense. */
export function definitionOf(values: ModelFormValues): Definition | null {
  const { kind, excludeDirect } = values;
  const days = halfLifeOf(values.halfLifeDays);
  if (kind === 'DECAY') {
    return days === null ? null : { kind, first: 0, middle: 0, last: 0, halfLifeDays: days, excludeDirect };
  }
  if (shareSum(values) !== 100) {
    return null;
  }
  const [first = 0, middle = 0, last = 0] = [values.first, values.middle, values.last].map(
    (share) => Number(share) / 100,
  );
  return { kind, first, middle, last, halfLifeDays: 7, excludeDirect };
}

/** The model as the server takes it; only what its kind needs. */
export function modelInput(
  values: ModelFormValues,
  definition: Definition,
  id?: string,
): SaveAttributionModelInput {
  const { kind, first, middle, last, halfLifeDays, excludeDirect } = definition;
  return {
    ...(id !== undefined && { id: modelNumber(id) }),
    name: values.name.trim(),
    kind,
    excludeDirect,
    ...(kind === 'POSITION' ? { first, middle, last } : { halfLifeDays }),
  };
}

/** The number in `custom:<number>`. */
export function modelNumber(id: string): string {
  return id.replace(/^custom:/, '');
}
