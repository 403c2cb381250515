import { describe, expect, test } from 'vitest';
import { checkFormula } from './formula';

const ids = new Set(['cost', 'calls', 'chats', 'stage:12']);

describe('formulas', () => {
  test.each([
    'cost',
    'cost / (calls + chats)',
    '-cost * 2.5',
    '((cost))/100',
    'stage:12 - 1',
    '  cost  ',
    'cost- -1',
  ])('are read: %s', (expression) => {
    expect(checkFormula(expression, ids)).toBeNull();
  });

  test.each([
    ['', 0],
    ['cost +', 6],
    ['cost / (calls + chats', 21],
    ['cost)', 4],
    ['cost / visits', 7],
    ['cost calls', 5],
    ['cost ^ 2', 5],
    ['* cost', 0],
    ['cost / привет', 7],
    ['1.2.3', 3],
  ])('the fault of %j is at %d', (expression, position) => {
    expect(checkFormula(expression, ids)).toEqual({ position });
  });
});
