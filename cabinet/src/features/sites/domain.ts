/** Cuts scheme, `www.`, port, path and case off what was typed: `https://www.Shop.ru/a` → `shop.ru`. */
export function cleanDomain(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '');
}

/** Whether text is a domain, an address or `localhost`, with or without a port. */
export function isDomain(text: string): boolean {
  const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?';
  return new RegExp(`^${label}(?:\\.${label})*(?::\\d{1,5})?$`, 'u').test(text) && text.length <= 253;
}

/** One entry a line, without blanks and repetitions. */
export function linesOf(text: string): string[] {
  return [...new Set(text.split(/[\n,;]/).map((line) => line.trim()))].filter((line) => line !== '');
}

/** Whether text is an address or a network (CIDR) of either version. */
export function isIpOrNetwork(text: string): boolean {
  const [address = '', bits, rest] = text.split('/');
  if (rest !== undefined || (bits !== undefined && !/^\d{1,3}$/.test(bits))) {
    return false;
  }
  const size = bits === undefined ? 0 : Number(bits);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    return address.split('.').every((part) => Number(part) <= 255) && size <= 32;
  }
  return isIpv6(address) && size <= 128;
}

function isIpv6(address: string): boolean {
  if (!/^[0-9a-f:]+$/i.test(address) || !address.includes(':')) {
    return false;
  }
  try {
    return new URL(`http://[${address}]`).hostname !== '';
  } catch {
    return false;
  }
}
