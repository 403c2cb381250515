import { expect, test } from 'vitest';
import { formatShare, sumAmounts } from './shares';

test('AN-4 money is summed to the minor unit', () => {
  expect(sumAmounts(['33.34', '33.33', '33.33'])).toBe('100.00');
  expect(sumAmounts(['0.10', '0.20'])).toBe('0.30');
  expect(sumAmounts(['5', '7'])).toBe('12');
  expect(sumAmounts(['-0.05', '0.02'])).toBe('-0.03');
  expect(sumAmounts([])).toBe('0');
  expect(sumAmounts(['9007199254740993.01', '0.01'])).toBe('9007199254740993.02');
});

test('AN-4 shares are percentages', () => {
  expect(formatShare(1, 'en-GB')).toBe('100%');
  expect(formatShare(1 / 3, 'en-GB')).toBe('33.3%');
});
