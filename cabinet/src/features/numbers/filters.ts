import { searchMin } from '@/features/visitors/filters';
import type { NumberState, NumberUsage, VirtualNumberFilter } from '@/graphql/generated/graphql';
import { compact, type RawSearch, textParam, wordParam } from '@/ui/searchParams';

/** What numbers are for, in the order of menus. */
export const usages = ['STATIC', 'POOL', 'RESERVE'] as const satisfies NumberUsage[];

/** Whether numbers are shown, in the order of menus. */
export const numberStates = ['ACTIVE', 'QUARANTINE', 'DISABLED'] as const satisfies NumberState[];

/** Filters of the list of numbers, as they stand in the address. */
export interface NumberFilters {
  q?: string;
  usage?: NumberUsage;
  state?: NumberState;
  site?: string;
  /** Of the site. */
  campaign?: string;
  pool?: string;
  connection?: string;
}

/** Reads the address; whatever makes no sense is passed over. */
export function readNumberFilters(raw: RawSearch): NumberFilters {
  const site = textParam(raw, 'site');
  return compact<NumberFilters>({
    q: textParam(raw, 'q'),
    usage: wordParam(raw, 'usage', usages),
    state: wordParam(raw, 'state', numberStates),
    site,
    campaign: site ? textParam(raw, 'campaign') : undefined,
    pool: textParam(raw, 'pool'),
    connection: textParam(raw, 'connection'),
  } as NumberFilters);
}

/** The filters as the server takes them. */
export function numberFilter(filters: NumberFilters): VirtualNumberFilter {
  const filter: VirtualNumberFilter = {};
  if (filters.q && filters.q.trim().length >= searchMin) filter.search = filters.q.trim();
  if (filters.usage) filter.usage = filters.usage;
  if (filters.state) filter.state = filters.state;
  if (filters.site) filter.siteId = filters.site;
  if (filters.campaign) filter.campaignId = filters.campaign;
  if (filters.pool) filter.poolId = filters.pool;
  if (filters.connection) filter.connectionId = filters.connection;
  return filter;
}
