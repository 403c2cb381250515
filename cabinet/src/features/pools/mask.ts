import { formatPhone } from '@/format/phones';

/** Writes digits into the signs # of a mask: fewer signs take the last digits; null when there are none, or more than digits. */
export function fillMask(mask: string, digits: string): string | null {
  const count = [...mask].filter((sign) => sign === '#').length;
  if (count === 0 || count > digits.length) {
    return null;
  }
  const rest = [...digits.slice(digits.length - count)];
  return mask.replace(/#/g, () => rest.shift() ?? '');
}

/** Where a visitor is, for the wording of a block. */
export interface Place {
  country: string;
  city: string;
}

/** What a block writes for a number. */
export function written(
  { mask, wording }: { mask: string; wording: string },
  digits: string,
  place: Place,
): string {
  const phone = fillMask(mask, digits) ?? formatPhone(digits);
  if (wording.trim() === '') {
    return phone;
  }
  const values: Record<string, string> = { phone, ...place };
  return wording.replace(/\{(phone|country|city)\}/g, (_, name: string) => values[name] ?? '');
}
