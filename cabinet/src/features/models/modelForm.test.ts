import { expect, test } from 'vitest';
import { definitionOf, modelFormOf, modelInput, modelNumber, shareSum } from './modelForm';

const form = modelFormOf();

test('AN-4 shares must be 100 % together', () => {
  expect(shareSum(form)).toBe(100);
  expect(shareSum({ ...form, first: 33.3, middle: 33.3, last: 33.4 })).toBe(100);
  expect(shareSum({ ...form, first: '' })).toBeNull();
  expect(shareSum({ ...form, first: -5 })).toBeNull();
  expect(definitionOf({ ...form, first: 50 })).toBeNull();
});

test('AN-4 only what the kind needs is sent, shares from 0 to 1', () => {
  const values = { ...form, name: ' Наша ', first: 50, middle: 20, last: 30 };
  const definition = definitionOf(values);
  expect(definition && modelInput(values, definition, 'custom:4')).toEqual({
    id: '4',
    name: 'Наша',
    kind: 'POSITION',
    first: 0.5,
    middle: 0.2,
    last: 0.3,
    excludeDirect: false,
  });
  const decay = { ...values, kind: 'DECAY' as const, halfLifeDays: 14 };
  const decayed = definitionOf(decay);
  expect(decayed && modelInput(decay, decayed)).toEqual({
    name: 'Наша',
    kind: 'DECAY',
    halfLifeDays: 14,
    excludeDirect: false,
  });
});

test('AN-4 a half-life is between an hour and a year', () => {
  const decay = { ...form, kind: 'DECAY' as const };
  expect(definitionOf({ ...decay, halfLifeDays: 0 })).toBeNull();
  expect(definitionOf({ ...decay, halfLifeDays: 366 })).toBeNull();
  expect(definitionOf({ ...decay, halfLifeDays: 0.5 })).not.toBeNull();
});

test('AN-4 a saved model comes back as it was typed', () => {
  const definition = {
    kind: 'POSITION' as const,
    first: 0.333,
    middle: 0.333,
    last: 0.334,
    halfLifeDays: 0,
    excludeDirect: true,
  };
  expect(modelFormOf({ id: 'custom:1', family: 'custom', name: 'X', definition })).toMatchObject({
    name: 'X',
    first: 33.3,
    middle: 33.3,
    last: 33.4,
    excludeDirect: true,
  });
  expect(modelNumber('custom:12')).toBe('12');
});
