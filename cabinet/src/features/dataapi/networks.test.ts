import { expect, test } from 'vitest';
import { isEveryone, isNetwork } from './networks';

test.each([
  '203.0.113.7',
  '203.0.113.0/24',
  '0.0.0.0/0',
  '2001:db8::1',
  '2001:db8::/32',
  '::/0',
  ' 10.0.0.1 ',
])('OC-1 %s is a network', (text) => expect(isNetwork(text)).toBe(true));

test.each([
  '',
  'crm.example',
  '203.0.113',
  '203.0.113.256',
  '203.0.113.7/33',
  '2001:db8::/129',
  '1.2.3.4/8/8',
  'abc',
])('OC-1 %j is no network', (text) => expect(isNetwork(text)).toBe(false));

test('OC-1 networks that let everyone in are told', () => {
  expect(['0.0.0.0/0', '::/0', '0.0.0.0/8'].map(isEveryone)).toEqual([true, true, false]);
});
