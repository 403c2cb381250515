import type {
  Channel,
  CreateNumberPoolInput,
  NumberPoolFieldsFragment,
  PoolOverflow,
  SegmentInput,
  UrlMatch,
  UtmTag,
} from '@/graphql/generated/graphql';

/** What a pool does when it is empty, the usual first. */
export const overflows = ['DEDICATED', 'SHARE', 'ORIGINAL'] as const satisfies PoolOverflow[];

/** The tags of a landing address. */
export const utmTags = ['SOURCE', 'MEDIUM', 'CAMPAIGN', 'TERM', 'CONTENT'] as const satisfies UtmTag[];

/** How addresses are compared, the usual first. */
export const urlMatches = ['CONTAINS', 'EXACT', 'STARTS', 'REGEXP'] as const satisfies UrlMatch[];

/** Least and greatest times of a pool. */
export const poolLimits = {
  holdSeconds: { min: 60, max: 604_800 },
  stickyDays: { min: 0, max: 400 },
  lateHours: { min: 0, max: 720 },
} as const;

/** A pool being edited. */
export interface PoolValues {
  name: string;
  /** `0`: all blocks. */
  blockId: string;
  isEnabled: boolean;
  holdSeconds: number | string;
  stickyDays: number | string;
  lateHours: number | string;
  overflow: PoolOverflow;
  campaignIds: string[];
  channels: Channel[];
  sources: string[];
  utm: { tag: UtmTag; values: string[] }[];
  countries: string[];
  regions: string[];
  cities: string[];
  url: string;
  urlMatch: UrlMatch;
}

/** The times of new pools. */
export interface PoolTimes {
  holdSeconds: number;
  stickyDays: number;
  lateHours: number;
}

/** Begins with a pool, or with the account's usual times for a new one. */
export function poolValues(pool: NumberPoolFieldsFragment | undefined, times: PoolTimes): PoolValues {
  const { holdSeconds, stickyDays, lateHours } = pool ?? times;
  const segment = pool?.segment;
  return {
    name: pool?.name ?? '',
    blockId: pool?.blockId ?? '0',
    isEnabled: pool?.isEnabled ?? true,
    holdSeconds,
    stickyDays,
    lateHours,
    overflow: pool?.overflow ?? 'DEDICATED',
    campaignIds: segment?.campaignIds ?? [],
    channels: segment?.channels ?? [],
    sources: segment?.sources ?? [],
    utm: (segment?.utm ?? []).map(({ tag, values }) => ({ tag, values })),
    countries: segment?.countries ?? [],
    regions: segment?.regions ?? [],
    cities: segment?.cities ?? [],
    url: segment?.url ?? '',
    urlMatch: segment?.urlMatch ?? 'CONTAINS',
  };
}

/** Which visits the pool is for, as the server takes it; conditions without values say nothing. */
export function segmentInput(values: PoolValues): SegmentInput {
  const { campaignIds, channels, sources, utm, countries, regions, cities, url, urlMatch } = values;
  return {
    campaignIds,
    channels,
    sources,
    utm: utm.filter(({ values }) => values.length > 0),
    countries: countries.map((code) => code.toUpperCase()),
    regions,
    cities,
    ...(url.trim() === '' ? {} : { url: url.trim(), urlMatch }),
  };
}

/** The pool as the server takes it, its site or id and switch aside. */
export function poolInput(values: PoolValues): Omit<CreateNumberPoolInput, 'siteId'> {
  return {
    name: values.name.trim(),
    blockId: values.blockId,
    holdSeconds: Number(values.holdSeconds),
    stickyDays: Number(values.stickyDays),
    lateHours: Number(values.lateHours),
    overflow: values.overflow,
    segment: segmentInput(values),
  };
}

/** Whether a number lies within limits and is whole. */
export function isWhole(value: number | string, { min, max }: { min: number; max: number }): boolean {
  return value !== '' && Number.isInteger(Number(value)) && Number(value) >= min && Number(value) <= max;
}
