import { expect, test } from 'vitest';
import { formatPhone } from './phones';
import { safeHref, shortUrl } from './urls';

test.each([
  ['79261234567', '+7 (926) 123-45-67'],
  ['375291234567', '+375 (29) 123-45-67'],
  ['12025550123', '+1 (202) 555-0123'],
  ['4930901820', '+4930901820'],
  ['7926', '+7926'],
  ['', ''],
  ['доб. 12', 'доб. 12'],
])('phone %s: %s', (digits, want) => {
  expect(formatPhone(digits)).toBe(want);
});

test('shortUrl leaves what people read', () => {
  expect(shortUrl('https://www.shop.example/a/?b=1')).toBe('shop.example/a/?b=1');
  expect(shortUrl('http://shop.example/')).toBe('shop.example');
});

test('only web pages become links', () => {
  expect(safeHref('https://shop.example/')).toBe('https://shop.example/');
  expect(safeHref('javascript:alert(1)')).toBeNull();
  expect(safeHref('data:text/html,x')).toBeNull();
});
