import { expect, test } from 'vitest';
import { formatDuration, formatMoney, formatNumber, isCurrency, parseAmount } from './numbers';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test('numbers are grouped as the language does', () => {
  expect(plain(formatNumber(1234567, 'ru-RU'))).toBe('1 234 567');
  expect(formatNumber(1234567, 'en-GB')).toBe('1,234,567');
});

test('money has the fraction of its currency', () => {
  expect(plain(formatMoney({ amount: '1250.50', currency: 'RUB' }, 'ru-RU'))).toBe('1 250,50 ₽');
  expect(plain(formatMoney({ amount: '5400.00', currency: 'RUB' }, 'ru-RU'))).toBe('5 400,00 ₽');
  expect(plain(formatMoney({ amount: '5400', currency: 'JPY' }, 'ru-RU'))).toBe('5 400 ¥');
  expect(formatMoney({ amount: '9.99', currency: 'EUR' }, 'en-GB')).toBe('€9.99');
});

test.each([
  [0, '0 sec'],
  [45, '45 sec'],
  [185, '3 min 5 sec'],
  [180, '3 min'],
  [7805, '2 hr 10 min'],
  [-3, '0 sec'],
])('duration of %d s: %s', (seconds, want) => {
  expect(
    plain(formatDuration(seconds, 'en-GB'))
      .replace(/secs?/g, 'sec')
      .replace(/mins?/g, 'min')
      .replace(/hrs?/g, 'hr'),
  ).toBe(want);
});

test.each([
  ['12500', '12500'],
  ['12 500,5', '12500.5'],
  ['0.01', '0.01'],
  ['007', '7'],
  ['0', null],
  ['0,00', null],
  ['-5', null],
  ['1.234', null],
  ['1e3', null],
  ['', null],
])('amount %s: %s', (text, want) => {
  expect(parseAmount(text)).toBe(want);
});

test('isCurrency takes ISO 4217 codes', () => {
  expect(isCurrency('RUB')).toBe(true);
  expect(isCurrency('rub')).toBe(false);
  expect(isCurrency('XQQ')).toBe(false);
});
