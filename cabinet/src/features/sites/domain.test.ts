import { expect, test } from 'vitest';
import { cleanDomain, isDomain, isIpOrNetwork, linesOf } from './domain';
import { isWithin } from './settingsForm';

test.each([
  ['https://www.Shop.ru/path?a=1', 'shop.ru'],
  [' SHOP.ru. ', 'shop.ru'],
  ['http://localhost:8081/x', 'localhost:8081'],
  ['магазин.рф', 'магазин.рф'],
])('domain of %s is %s', (text, want) => {
  expect(cleanDomain(text)).toBe(want);
  expect(isDomain(want)).toBe(true);
});

test.each(['', 'a b', '-x.ru', 'x..ru', 'x.ru-', 'a@b.ru'])('%s is no domain', (text) => {
  expect(isDomain(text)).toBe(false);
});

test.each([
  ['203.0.113.7', true],
  ['203.0.113.0/24', true],
  ['2001:db8::1', true],
  ['2001:db8::/32', true],
  ['203.0.113.0/33', false],
  ['256.0.0.1', false],
  ['1.2.3', false],
  ['x', false],
  ['1.2.3.4/', false],
])('%s as address or network: %s', (text, want) => {
  expect(isIpOrNetwork(text)).toBe(want);
});

test('linesOf drops blanks and repetitions', () => {
  expect(linesOf(' a\n\nb, a;c ')).toEqual(['a', 'b', 'c']);
});

test('isWithin takes whole numbers only', () => {
  const limit = { min: 1, max: 730 };
  expect([1, 730, '30'].map((value) => isWithin(value, limit))).toEqual([true, true, true]);
  expect([0, 731, 1.5, '', ' ', 'x'].some((value) => isWithin(value, limit))).toBe(false);
});
