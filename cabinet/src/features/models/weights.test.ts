import { expect, test } from 'vitest';
import { markovExample, markovShares, shapleyExample, shapleyShares } from './learning';
import { byAge, byPlace, customWeights, examplePath, families, isKnownModel, weightsOf } from './weights';

const parts = (weights: number[]) => weights.map((weight) => Math.round(weight * 1_000_000) / 100);

// The figures of docs/user/attribution.md: a deal of 10 000.
test.each([
  ['last_click', [0, 0, 0, 10_000]],
  ['last_nondirect_click', [0, 0, 10_000, 0]],
  ['first_click', [10_000, 0, 0, 0]],
  ['last_paid_click', [0, 0, 10_000, 0]],
  ['first_paid_click', [10_000, 0, 0, 0]],
  ['linear', [2500, 2500, 2500, 2500]],
  ['position_based_402040', [4000, 1000, 1000, 4000]],
  ['position_based_206020', [2000, 3000, 3000, 2000]],
  ['position_based_105040', [1000, 2500, 2500, 4000]],
  ['w_shaped', [3000, 1000, 3000, 3000]],
  ['time_decay', [666.67, 1333.33, 2666.67, 5333.33]],
] as const)('AN-4 the picture of %s shows the documented parts', (model, expected) => {
  expect(parts(weightsOf(model, examplePath))).toEqual(expected);
});

test('AN-4 every model divides paths of one to five touches whole', () => {
  for (const model of Object.values(families).flat()) {
    for (let length = 1; length <= 5; length++) {
      const path = Array.from({ length }, (_, i) => ({ age: length - i, isDirect: i % 2 === 0 }));
      const weights = weightsOf(model, path);
      expect(weights).toHaveLength(length);
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
  }
});

test('AN-4 two touches keep the proportion of first and last', () => {
  const two = examplePath.slice(0, 2);
  expect(weightsOf('position_based_105040', two)).toEqual([0.2, 0.8]);
  expect(byPlace(0, 1, 0)(two)).toEqual([0.5, 0.5]);
});

test('AN-4 a model that knows no paid touch falls back to the last one with a source', () => {
  const path = [{ age: 3 }, { age: 2 }, { age: 1, isDirect: true }];
  expect(weightsOf('first_paid_click', path)).toEqual([0, 1, 0]);
  expect(weightsOf('last_nondirect_click', [{ age: 1, isDirect: true }])).toEqual([1]);
});

test('AN-4 own models count places among the touches that are left', () => {
  const own = {
    kind: 'POSITION' as const,
    first: 0.5,
    middle: 0.2,
    last: 0.3,
    halfLifeDays: 7,
    excludeDirect: true,
  };
  expect(customWeights(own, examplePath)).toEqual([0.5, 0.2, 0.3, 0]);
  expect(customWeights({ ...own, excludeDirect: false }, examplePath)).toEqual([0.5, 0.1, 0.1, 0.3]);
  expect(customWeights(own, [{ age: 1, isDirect: true }])).toEqual([1]);
  expect(customWeights({ ...own, kind: 'DECAY', excludeDirect: false }, examplePath)).toEqual(
    byAge(7)(examplePath),
  );
});

test('AN-4 the models that learn show the documented parts', () => {
  const markov = [...markovShares(markovExample)].map(([channel, share]) => [channel, share.toFixed(9)]);
  expect(markov).toEqual([
    ['A', '0.200000000'],
    ['B', '0.400000000'],
    ['C', '0.400000000'],
  ]);
  const shapley = [...shapleyShares(shapleyExample)].map(([channel, share]) => [channel, share.toFixed(9)]);
  expect(shapley).toEqual([
    ['A', '0.455000000'],
    ['B', '0.205000000'],
    ['C', '0.340000000'],
  ]);
});

test('AN-4 only models with words of their own are known', () => {
  expect(['linear', 'markov', 'custom:1', 'toString'].map(isKnownModel)).toEqual([true, true, false, false]);
});
