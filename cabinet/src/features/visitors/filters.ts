import { addDays, isDay, startOfDay } from '@/format/dates';
import type { Channel, VisitorFilter, VisitorsQueryVariables } from '@/graphql/generated/graphql';
import { compact, type RawSearch, textParam, wordParam, wordsParam } from '@/ui/searchParams';
import { channels } from './channels';

/** Shortest text the server searches for. */
export const searchMin = 3;

/** Filters and order of the visitor list, as they stand in the address. */
export interface VisitorFilters {
  site?: string;
  /** First and last day seen, in the account's time zone. */
  from?: string;
  to?: string;
  contacts?: 'yes' | 'no';
  q?: string;
  channels?: Channel[];
  campaign?: string;
  sort?: 'first';
  dir?: 'asc';
}

/** Reads the address; whatever makes no sense is passed over. */
export function readVisitorFilters(raw: RawSearch): VisitorFilters {
  const [from, to] = [textParam(raw, 'from'), textParam(raw, 'to')];
  return compact<VisitorFilters>({
    site: textParam(raw, 'site'),
    from: from && isDay(from) ? from : undefined,
    to: to && isDay(to) ? to : undefined,
    contacts: wordParam(raw, 'contacts', ['yes', 'no']),
    q: textParam(raw, 'q'),
    channels: wordsParam(raw, 'channels', channels),
    campaign: textParam(raw, 'campaign'),
    sort: wordParam(raw, 'sort', ['first']),
    dir: wordParam(raw, 'dir', ['asc']),
  } as VisitorFilters);
}

/** The filters as the server takes them. */
export function visitorVariables(
  filters: VisitorFilters,
  timeZone: string,
): Omit<VisitorsQueryVariables, 'first' | 'after'> {
  const filter: VisitorFilter = {};
  if (filters.site) filter.siteId = filters.site;
  if (filters.from) filter.seenFrom = startOfDay(filters.from, timeZone);
  if (filters.to) filter.seenTo = startOfDay(addDays(filters.to, 1), timeZone);
  if (filters.contacts) filter.hasContacts = filters.contacts === 'yes';
  if (filters.q && filters.q.trim().length >= searchMin) filter.search = filters.q.trim();
  if (filters.channels) filter.channels = filters.channels;
  if (filters.campaign) filter.campaignId = filters.campaign;
  return {
    filter,
    sort: filters.sort === 'first' ? 'FIRST_SEEN' : 'LAST_SEEN',
    direction: filters.dir === 'asc' ? 'ASC' : 'DESC',
  };
}
