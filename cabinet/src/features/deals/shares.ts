import type { Locale } from '@/format/locale';

/** A share (0 to 1) as a percentage with at most one digit after the comma. */
export function formatShare(share: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** The exact sum of decimal amounts: `0.10` and `0.20` are `0.30`. */
export function sumAmounts(amounts: string[]): string {
  const digits = Math.max(0, ...amounts.map((amount) => fractionOf(amount).length));
  const minor = amounts.reduce((sum, amount) => sum + toMinor(amount, digits), 0n);
  const isNegative = minor < 0n;
  const text = String(isNegative ? -minor : minor).padStart(digits + 1, '0');
  const cut = text.length - digits;
  return `${isNegative ? '-' : ''}${text.slice(0, cut)}${digits > 0 ? `.${text.slice(cut)}` : ''}`;
}

function fractionOf(amount: string): string {
  return amount.split('.')[1] ?? '';
}

function toMinor(amount: string, digits: number): bigint {
  return BigInt(`${amount.split('.')[0] ?? '0'}${fractionOf(amount).padEnd(digits, '0')}`);
}
