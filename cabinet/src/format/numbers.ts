import type { Locale } from './locale';

/** A whole number with the locale's grouping. */
export function formatNumber(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** A decimal amount in major units with its currency; the currency's usual fraction, so that amounts of a column line up. */
export function formatMoney(money: { amount: string; currency: string }, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(
    Number(money.amount),
  );
}

/** Seconds in at most two units: `45 с`, `3 мин 5 с`, `2 ч 10 мин`. */
export function formatDuration(seconds: number, locale: Locale): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const total = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  if (hours > 0) {
    return minutes > 0 ? `${unit(hours, 'hour')} ${unit(minutes, 'minute')}` : unit(hours, 'hour');
  }
  if (minutes > 0) {
    return rest > 0 ? `${unit(minutes, 'minute')} ${unit(rest, 'second')}` : unit(minutes, 'minute');
  }
  return unit(rest, 'second');
}

/** Reads an amount of money as people type it (`12 500,5`) into `12500.5`; null when it is none or not above 0. */
export function parseAmount(text: string): string | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(plain) || Number(plain) <= 0) {
    return null;
  }
  const [whole = '0', fraction = ''] = plain.split('.');
  const rest = fraction.replace(/0+$/, ''); // currencies without a fraction take none
  return rest === '' ? `${BigInt(whole)}` : `${BigInt(whole)}.${rest}`;
}

/** Whether the browser knows the ISO 4217 currency. */
export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf('currency').includes(code);
}
