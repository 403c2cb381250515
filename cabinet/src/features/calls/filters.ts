import { channels } from '@/features/visitors/channels';
import { searchMin } from '@/features/visitors/filters';
import { addDays, isDay, startOfDay } from '@/format/dates';
import type {
  CallAttributionMethod,
  CallDirection,
  CallFilter,
  CallsQueryVariables,
  Channel,
} from '@/graphql/generated/graphql';
import { compact, type RawSearch, textParam, wordParam, wordsParam } from '@/ui/searchParams';
import { directions, methods } from './words';

/** Filters of the list of calls, as they stand in the address. */
export interface CallFilters {
  /** First and last day, in the account's time zone. */
  from?: string;
  to?: string;
  dirs?: CallDirection[];
  lost?: 'yes' | 'no';
  /** Of lost calls: whether the contact was reached after all. */
  back?: 'yes' | 'no';
  employee?: string;
  group?: string;
  number?: string;
  site?: string;
  campaign?: string;
  channels?: Channel[];
  methods?: CallAttributionMethod[];
  tag?: string;
  rec?: 'yes' | 'no';
  first?: 'yes' | 'no';
  /** Shortest talk in seconds. */
  talk?: number;
  q?: string;
}

/** Longest talk one can ask for: a day. */
const longestTalk = 86_400;
const yesNo = ['yes', 'no'] as const;

/** Filters kept back until "more filters" is pressed. */
export const furtherFilters = [
  'group',
  'number',
  'campaign',
  'methods',
  'tag',
  'rec',
  'first',
  'talk',
] as const satisfies (keyof CallFilters)[];

/** Reads the address; whatever makes no sense is passed over. */
export function readCallFilters(raw: RawSearch): CallFilters {
  const [from, to] = [textParam(raw, 'from'), textParam(raw, 'to')];
  const lost = wordParam(raw, 'lost', yesNo);
  const site = textParam(raw, 'site');
  return compact<CallFilters>({
    from: from && isDay(from) ? from : undefined,
    to: to && isDay(to) ? to : undefined,
    dirs: wordsParam(raw, 'dirs', directions),
    lost,
    back: lost === 'yes' ? wordParam(raw, 'back', yesNo) : undefined,
    employee: textParam(raw, 'employee'),
    group: textParam(raw, 'group'),
    number: textParam(raw, 'number'),
    site,
    campaign: site ? textParam(raw, 'campaign') : undefined,
    channels: wordsParam(raw, 'channels', channels),
    methods: wordsParam(raw, 'methods', methods),
    tag: textParam(raw, 'tag'),
    rec: wordParam(raw, 'rec', yesNo),
    first: wordParam(raw, 'first', yesNo),
    talk: secondsParam(raw.talk),
    q: textParam(raw, 'q'),
  } as CallFilters);
}

function secondsParam(value: unknown): number | undefined {
  const seconds = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isInteger(seconds) && seconds > 0 && seconds <= longestTalk ? seconds : undefined;
}

/** The filters as the server takes them. */
export function callVariables(
  filters: CallFilters,
  timeZone: string,
): Omit<CallsQueryVariables, 'first' | 'after'> {
  const filter: CallFilter = {};
  if (filters.from) filter.from = startOfDay(filters.from, timeZone);
  if (filters.to) filter.to = startOfDay(addDays(filters.to, 1), timeZone);
  if (filters.dirs) filter.directions = filters.dirs;
  if (filters.lost) filter.isLost = filters.lost === 'yes';
  if (filters.back) filter.isCalledBack = filters.back === 'yes';
  if (filters.employee) filter.employeeId = filters.employee;
  if (filters.group) filter.groupId = filters.group;
  if (filters.number) filter.numberId = filters.number;
  if (filters.site) filter.siteId = filters.site;
  if (filters.campaign) filter.campaignId = filters.campaign;
  if (filters.channels) filter.channels = filters.channels;
  if (filters.methods) filter.methods = filters.methods;
  if (filters.tag) filter.tagId = filters.tag;
  if (filters.rec) filter.hasRecording = filters.rec === 'yes';
  if (filters.first) filter.isFirst = filters.first === 'yes';
  if (filters.talk) filter.minTalkSeconds = filters.talk;
  if (filters.q && filters.q.trim().length >= searchMin) filter.search = filters.q.trim();
  return { filter };
}

/** What people look at most. */
export const views = ['all', 'lost', 'waiting'] as const;

/** See `views`: everything, lost calls, lost calls whose contact nobody has reached since. */
export type CallView = (typeof views)[number];

/** The view these filters show; null for one that is none of them. */
export function viewOf({ lost, back }: CallFilters): CallView | null {
  if (lost === undefined) {
    return 'all';
  }
  if (lost === 'no' || back === 'yes') {
    return null;
  }
  return back === 'no' ? 'waiting' : 'lost';
}

/** The filters of a view; what else is filtered by stays. */
export function withView(filters: CallFilters, view: CallView): CallFilters {
  const rest = compact<CallFilters>({
    ...filters,
    lost: undefined,
    back: undefined,
  } as unknown as CallFilters);
  switch (view) {
    case 'all':
      return rest;
    case 'lost':
      return { ...rest, lost: 'yes' };
    case 'waiting':
      return { ...rest, lost: 'yes', back: 'no' };
  }
}
