import { addDays, isDay, startOfDay } from '@/format/dates';
import type {
  DealFilter,
  DealMatch,
  DealSort,
  DealsQueryVariables,
  StageStatus,
} from '@/graphql/generated/graphql';
import { compact, type RawSearch, textParam, wordParam, wordsParam } from '@/ui/searchParams';

/** Shortest text the server searches for. */
export const searchMin = 1;

/** Meanings of stages, in the order of the menu. */
export const statuses = ['IN_PROCESS', 'SUCCESS', 'FAILED'] as const satisfies StageStatus[];

/** Ways deals are matched, in the order of the menu. */
export const matches = [
  'ID',
  'PHONE',
  'EMAIL',
  'VISITOR',
  'AMBIGUOUS',
  'NONE',
] as const satisfies DealMatch[];

/** Orders of the list, as they stand in the address. */
export const sorts = ['amount', 'closed', 'changed'] as const;

const serverSorts: Record<(typeof sorts)[number], DealSort> = {
  amount: 'REVENUE',
  closed: 'CLOSED_AT',
  changed: 'MODIFIED_AT',
};

/** Filters and order of the list of deals, as they stand in the address. */
export interface DealFilters {
  crm?: string;
  funnels?: string[];
  stages?: string[];
  statuses?: StageStatus[];
  employee?: string;
  contact?: string;
  /** First and last day of creation, in the account's time zone. */
  from?: string;
  to?: string;
  q?: string;
  source?: 'yes' | 'no';
  matches?: DealMatch[];
  sort?: (typeof sorts)[number];
  dir?: 'asc';
}

/** Reads the address; whatever makes no sense is passed over. */
export function readDealFilters(raw: RawSearch): DealFilters {
  const [from, to] = [textParam(raw, 'from'), textParam(raw, 'to')];
  return compact<DealFilters>({
    crm: textParam(raw, 'crm'),
    funnels: idsParam(raw, 'funnels'),
    stages: idsParam(raw, 'stages'),
    statuses: wordsParam(raw, 'statuses', statuses),
    employee: textParam(raw, 'employee'),
    contact: textParam(raw, 'contact'),
    from: from && isDay(from) ? from : undefined,
    to: to && isDay(to) ? to : undefined,
    q: textParam(raw, 'q'),
    source: wordParam(raw, 'source', ['yes', 'no']),
    matches: wordsParam(raw, 'matches', matches),
    sort: wordParam(raw, 'sort', sorts),
    dir: wordParam(raw, 'dir', ['asc']),
  } as DealFilters);
}

function idsParam(raw: RawSearch, name: string): string[] | undefined {
  const value = raw[name];
  const given: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  const ids = given.filter((id): id is string => typeof id === 'string' && id.trim() !== '');
  return ids.length > 0 ? ids : undefined;
}

/** The filters as the server takes them. */
export function dealVariables(
  filters: DealFilters,
  timeZone: string,
): Omit<DealsQueryVariables, 'first' | 'after'> {
  const filter: DealFilter = {};
  if (filters.crm) filter.crmId = filters.crm;
  if (filters.funnels) filter.funnelIds = filters.funnels;
  if (filters.stages) filter.stageIds = filters.stages;
  if (filters.statuses) filter.statuses = filters.statuses;
  if (filters.employee) filter.employeeId = filters.employee;
  if (filters.contact) filter.contactId = filters.contact;
  if (filters.from) filter.createdFrom = startOfDay(filters.from, timeZone);
  if (filters.to) filter.createdTo = startOfDay(addDays(filters.to, 1), timeZone);
  if (filters.q && filters.q.trim().length >= searchMin) filter.search = filters.q.trim();
  if (filters.matches) filter.matches = filters.matches;
  if (filters.source) filter.hasSource = filters.source === 'yes';
  return {
    filter,
    sort: filters.sort ? serverSorts[filters.sort] : 'CREATED_AT',
    direction: filters.dir === 'asc' ? 'ASC' : 'DESC',
  };
}

/** What is asked of a deal's attribution, as it stands in the address. */
export interface AttributionChoice {
  model?: string;
  conversion?: 'deal' | 'contact' | 'lead';
  days?: number;
}

/** Reads the address; whatever makes no sense is passed over. */
export function readAttributionChoice(raw: RawSearch): AttributionChoice {
  const model = textParam(raw, 'model');
  const days = Number(raw.days);
  return compact<AttributionChoice>({
    model: model && /^[a-z][a-z0-9_]*(:\d+)?$/.test(model) ? model : undefined,
    conversion: wordParam(raw, 'conversion', ['deal', 'contact', 'lead']),
    days: Number.isInteger(days) && days >= 1 && days <= 365 ? days : undefined,
  } as AttributionChoice);
}
