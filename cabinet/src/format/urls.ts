/** An address without scheme, `www.` and a closing slash, for reading. */
export function shortUrl(url: string): string {
  return url
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/\/$/, '');
}

/** Only addresses a browser opens as pages; null for anything else (`javascript:`, plain text). */
export function safeHref(url: string): string | null {
  return /^https?:\/\//i.test(url) ? url : null;
}
