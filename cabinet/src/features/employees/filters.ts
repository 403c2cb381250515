import type { EmployeeFilter, EmployeeStatus } from '@/graphql/generated/graphql';
import { compact, type RawSearch, textParam } from '@/ui/searchParams';
import { statuses } from './statuses';

/** Filters of the list of employees, as they stand in the address. */
export interface EmployeeFilters {
  q?: string;
  group?: string;
  /** A built-in status, or the id of the account's own. */
  status?: string;
}

/** Reads the address; whatever makes no sense is passed over. */
export function readEmployeeFilters(raw: RawSearch): EmployeeFilters {
  return compact<EmployeeFilters>({
    q: textParam(raw, 'q'),
    group: textParam(raw, 'group'),
    status: textParam(raw, 'status'),
  } as EmployeeFilters);
}

const isBuiltIn = (word: string): word is EmployeeStatus => [...statuses, 'UNKNOWN'].includes(word);

/** The filters as the server takes them. */
export function employeeFilter({ q, group, status }: EmployeeFilters): EmployeeFilter {
  const filter: EmployeeFilter = {};
  if (q) filter.search = q;
  if (group) filter.groupId = group;
  if (status && isBuiltIn(status)) filter.status = status;
  if (status && !isBuiltIn(status)) filter.statusId = status;
  return filter;
}
