import { compact, type RawSearch, textParam } from '@/ui/searchParams';

/** Filters of the list of refused requests, as they stand in the address. */
export interface RefusalFilters {
  site?: string;
  reason?: string;
}

/** Reads the address. */
export function readRefusalFilters(raw: RawSearch): RefusalFilters {
  return compact<RefusalFilters>({
    site: textParam(raw, 'site'),
    reason: textParam(raw, 'reason'),
  } as RefusalFilters);
}
