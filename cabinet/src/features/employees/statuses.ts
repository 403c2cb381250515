import type { CustomStatusFieldsFragment, EmployeeStatus } from '@/graphql/generated/graphql';

/** Built-in statuses a person can choose, in the order of menus. */
export const statuses = [
  'AVAILABLE',
  'BREAK',
  'DO_NOT_DISTURB',
  'NOT_AT_WORKPLACE',
  'NOT_AT_WORK',
] as const satisfies EmployeeStatus[];

/** Colours of the built-in statuses. */
export const statusColors: Record<EmployeeStatus, string> = {
  AVAILABLE: '#2f9e44',
  BREAK: '#f08c00',
  DO_NOT_DISTURB: '#e03131',
  NOT_AT_WORKPLACE: '#7048e8',
  NOT_AT_WORK: '#868e96',
  UNKNOWN: '#ced4da',
};

/** The status an employee has: a built-in one, or the account's own. */
export interface CurrentStatus {
  status: EmployeeStatus;
  customStatus?: CustomStatusFieldsFragment | null;
}

/** Its colour. */
export function colorOf({ status, customStatus }: CurrentStatus): string {
  return customStatus?.color ?? statusColors[status];
}
