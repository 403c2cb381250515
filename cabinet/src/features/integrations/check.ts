import type { ReconciliationRowFieldsFragment } from '@/graphql/generated/graphql';

/** How a row of the check differs: more here, more there, or equal. */
export function differenceOf({ here, there }: Pick<ReconciliationRowFieldsFragment, 'here' | 'there'>): {
  sign: 'equal' | 'moreHere' | 'moreThere';
  count: number;
} {
  const count = Math.abs(here - there);
  return { sign: count === 0 ? 'equal' : here > there ? 'moreHere' : 'moreThere', count };
}
