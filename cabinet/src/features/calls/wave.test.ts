import { expect, test } from 'vitest';
import { barsOf, clock, seekBy } from './wave';

test('each bar is the loudest peak of its stretch, whatever the number of peaks', () => {
  expect(barsOf([0, 50, 100, 20], 2)).toEqual([0.5, 1]);
  expect(barsOf([10, 100], 4)).toEqual([0.1, 0.1, 1, 1]);
  expect(barsOf([], 3)).toEqual([0, 0, 0]);
  expect(barsOf([250, -5], 2)).toEqual([1, 0]);
});

test('a quiet recording fills the height, and silence stays silent', () => {
  expect(barsOf([5, 20, 10], 3)).toEqual([0.25, 1, 0.5]);
  expect(barsOf([0, 1], 2)).toEqual([0, 0.1]);
});

test('keys lead through a recording and stop at its ends', () => {
  expect(seekBy('ArrowRight', 58, 60)).toBe(60);
  expect(seekBy('ArrowLeft', 3, 60)).toBe(0);
  expect(seekBy('PageUp', 10, 60)).toBe(40);
  expect(seekBy('Home', 10, 60)).toBe(0);
  expect(seekBy('End', 10, 60)).toBe(60);
  expect(seekBy('a', 10, 60)).toBeNull();
});

test('a clock shows hours only when there are any', () => {
  expect([0, 7.9, 187, 3765].map(clock)).toEqual(['0:00', '0:07', '3:07', '1:02:45']);
});
