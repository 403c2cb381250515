import { describe, expect, test } from 'vitest';
import {
  addAt,
  changeAt,
  type Condition,
  countConditions,
  emptyFilter,
  filterInput,
  type Group,
  isComplete,
  pruned,
  readFilter,
  removeAt,
  writeFilter,
} from './filter';

const paid: Condition = { dimension: 'channel', operator: 'IS', values: ['paid', 'organic'] };
const named: Condition = { dimension: 'campaign', operator: 'NOT_EMPTY', values: [] };
const blank: Condition = { dimension: 'source', operator: 'CONTAINS', values: [] };
const tree: Group = { any: true, filters: [paid, { any: false, filters: [named, paid] }] };

describe('the tree of conditions', () => {
  test('parts are added, changed and removed where they stand', () => {
    const added = addAt(emptyFilter, [], paid);
    expect(added).toEqual({ any: false, filters: [paid] });
    expect(addAt(tree, [1], named).filters[1]).toEqual({ any: false, filters: [named, paid, named] });
    expect(changeAt(tree, [1, 0], () => blank).filters[1]).toEqual({ any: false, filters: [blank, paid] });
    expect(removeAt(tree, [1, 1]).filters[1]).toEqual({ any: false, filters: [named] });
    expect(removeAt(tree, [0])).toEqual({ any: true, filters: [{ any: false, filters: [named, paid] }] });
  });

  test('a change leaves the old tree as it was', () => {
    const before = structuredClone(tree);
    removeAt(
      changeAt(tree, [], (node) => ({ ...(node as Group), any: false })),
      [0],
    );
    expect(tree).toEqual(before);
  });

  test('conditions to be filled in and empty groups are left out', () => {
    expect(pruned({ any: false, filters: [blank, { any: true, filters: [blank] }, paid] })).toEqual({
      any: false,
      filters: [paid],
    });
    expect(isComplete(tree)).toBe(true);
    expect(isComplete({ any: false, filters: [blank] })).toBe(false);
    expect(countConditions(tree)).toBe(3);
  });
});

describe('the filter in the address', () => {
  test('survives the way there and back', () => {
    expect(readFilter(writeFilter(tree))).toEqual(tree);
    expect(writeFilter(emptyFilter)).toBeUndefined();
  });

  test.each([
    '',
    'x',
    '[]',
    '{}',
    '{"all":1}',
    '["channel","IS","paid"]',
    '{"all":[["channel","EQ","paid"]]}',
    '{"any":[[1]]}',
  ])('nonsense lets everything through: %s', (text) => {
    expect(readFilter(text).filters).toEqual([]);
  });

  test('groups deeper than the server takes are left out', () => {
    const deep = '{"all":[{"all":[{"all":[["a","EMPTY"],{"all":[["b","EMPTY"]]}]}]}]}';
    const condition = { dimension: 'a', operator: 'EMPTY', values: [] };
    expect(readFilter(deep)).toEqual({
      any: false,
      filters: [{ any: false, filters: [{ any: false, filters: [condition] }] }],
    });
  });
});

test('the server gets groups and conditions, never both in one', () => {
  expect(filterInput(tree)).toEqual({
    any: true,
    filters: [
      { dimension: 'channel', operator: 'IS', values: ['paid', 'organic'] },
      {
        any: false,
        filters: [
          { dimension: 'campaign', operator: 'NOT_EMPTY' },
          { dimension: 'channel', operator: 'IS', values: ['paid', 'organic'] },
        ],
      },
    ],
  });
  expect(filterInput(emptyFilter)).toBeUndefined();
});
