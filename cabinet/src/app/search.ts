/** Search parameters as the pages see them: plain texts. */
export type Search = Record<string, string>;

/** Reads a query string; of a repeated parameter the last counts. */
export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes a query string; empty and absent values are left out, lists are joined by commas. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== undefined && text !== null && text !== '') {
      params.set(name, String(text));
    }
  }
  // Commas and colons are legal in a query and far easier to read unescaped.
  const query = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
  return query === '' ? '' : `?${query}`;
}
