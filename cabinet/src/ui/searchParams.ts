/** Search parameters of unknown origin: typed by hand, from an old link, or set by a page. */
export type RawSearch = Record<string, unknown>;

/** A non-empty text. */
export function textParam(raw: RawSearch, name: string): string | undefined {
  const value = raw[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** One of the allowed words. */
export function wordParam<Word extends string>(
  raw: RawSearch,
  name: string,
  allowed: readonly Word[],
): Word | undefined {
  return allowed.find((word) => word === raw[name]);
}

/** The allowed words of a list, joined by commas or as an array; absent when none remains. */
export function wordsParam<Word extends string>(
  raw: RawSearch,
  name: string,
  allowed: readonly Word[],
): Word[] | undefined {
  const value = raw[name];
  const given: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  const words = allowed.filter((word) => given.includes(word));
  return words.length > 0 ? words : undefined;
}

/** Leaves out absent values, so that filters compare and serialise alike. */
export function compact<Filters extends object>(filters: Filters): Filters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as Filters;
}

/** How many filters are set, ordering aside. */
export function countFilters(filters: object): number {
  return Object.keys(filters).filter((name) => name !== 'sort' && name !== 'dir').length;
}
