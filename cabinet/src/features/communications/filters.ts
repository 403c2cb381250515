import { searchMin } from '@/features/visitors/filters';
import { channels } from '@/features/visitors/channels';
import { addDays, isDay, startOfDay } from '@/format/dates';
import type {
  Channel,
  CommunicationFilter,
  CommunicationKind,
  CommunicationsQueryVariables,
} from '@/graphql/generated/graphql';
import { compact, type RawSearch, textParam, wordParam, wordsParam } from '@/ui/searchParams';

/** Kinds of communications, in the order of the menu. */
export const kinds = ['CALL', 'OFFLINE_REQUEST', 'CHAT', 'GOAL'] as const satisfies CommunicationKind[];

/** Filters of the communication list, as they stand in the address. */
export interface CommunicationFilters {
  site?: string;
  kinds?: CommunicationKind[];
  /** First and last day, in the account's time zone. */
  from?: string;
  to?: string;
  q?: string;
  channels?: Channel[];
  campaign?: string;
  goal?: string;
  dir?: 'asc';
  /** The communication whose details are open. */
  open?: string;
}

/** Reads the address; whatever makes no sense is passed over. */
export function readCommunicationFilters(raw: RawSearch): CommunicationFilters {
  const [from, to] = [textParam(raw, 'from'), textParam(raw, 'to')];
  return compact<CommunicationFilters>({
    site: textParam(raw, 'site'),
    kinds: wordsParam(raw, 'kinds', kinds),
    from: from && isDay(from) ? from : undefined,
    to: to && isDay(to) ? to : undefined,
    q: textParam(raw, 'q'),
    channels: wordsParam(raw, 'channels', channels),
    campaign: textParam(raw, 'campaign'),
    goal: textParam(raw, 'goal'),
    dir: wordParam(raw, 'dir', ['asc']),
    open: textParam(raw, 'open'),
  } as CommunicationFilters);
}

/** The filters as the server takes them. */
export function communicationVariables(
  filters: CommunicationFilters,
  timeZone: string,
): Omit<CommunicationsQueryVariables, 'first' | 'after'> {
  const filter: CommunicationFilter = {};
  if (filters.site) filter.siteId = filters.site;
  if (filters.kinds) filter.kinds = filters.kinds;
  if (filters.from) filter.from = startOfDay(filters.from, timeZone);
  if (filters.to) filter.to = startOfDay(addDays(filters.to, 1), timeZone);
  if (filters.q && filters.q.trim().length >= searchMin) filter.search = filters.q.trim();
  if (filters.channels) filter.channels = filters.channels;
  if (filters.campaign) filter.campaignId = filters.campaign;
  if (filters.goal) filter.goalId = filters.goal;
  return { filter, sort: 'AT', direction: filters.dir === 'asc' ? 'ASC' : 'DESC' };
}
