import { expect, test } from 'vitest';
import { type Edit, editGraph, freeId, type Graph, graphInput, isSame, outlineOf } from './graph';
import { graphOfTemplate, templates } from './templates';

const hours = () => graphOfTemplate('hours');
const after = (graph: Graph, ...edits: Edit[]) => edits.reduce(editGraph, graph);
const ids = (graph: Graph) => graph.operations.map(({ id }) => id);

test('an operation is added where an exit should lead', () => {
  const graph = after(hours(), {
    type: 'add',
    operation: 'forward',
    x: 1,
    y: 2,
    from: { id: 'menu-1', exit: '2' },
  });
  expect(freeId(graph, 'forward')).toBe('forward-3');
  expect(graph.operations.at(-1)).toMatchObject({ id: 'forward-2', x: 1, y: 2 });
  expect(graph.operations[1]?.exits).toMatchObject({ '1': 'forward-1', '2': 'forward-2' });
});

test('the first operation of an empty scenario begins it', () => {
  const empty: Graph = { start: '', fallback: '', operations: [] };
  expect(after(empty, { type: 'add', operation: 'play', x: 0, y: 0 }).start).toBe('play-1');
});

test('nothing leads to an operation that was removed, and what followed the start begins the scenario', () => {
  const graph = after(hours(), { type: 'remove', id: 'forward-1' });
  expect(ids(graph)).not.toContain('forward-1');
  expect(graph.operations.flatMap(({ exits }) => Object.values(exits))).not.toContain('forward-1');
  expect(after(hours(), { type: 'remove', id: 'schedule-1' }).start).toBe('menu-1');
  expect(after(graphOfTemplate('direct'), { type: 'remove', id: 'forward-1' })).toMatchObject({
    start: '',
    operations: [],
  });
});

test('an exit is led elsewhere, or ends the call', () => {
  const lead = (to: string): Edit => ({ type: 'lead', id: 'menu-1', exit: '1', to });
  expect(after(hours(), lead('voicemail-1')).operations[1]?.exits).toMatchObject({ '1': 'voicemail-1' });
  expect(after(hours(), lead('')).operations[1]?.exits).toEqual({ timeout: 'forward-1' });
});

test('boxes are not moved off the canvas', () => {
  const graph = after(hours(), { type: 'move', id: 'menu-1', x: -5, y: 30 });
  expect(graph.operations[1]).toMatchObject({ x: 0, y: 30 });
});

test('an edit of an operation that is not there changes nothing', () => {
  const graph = after(
    hours(),
    { type: 'start', id: 'x' },
    { type: 'remove', id: 'x' },
    { type: 'title', id: 'x', title: 'A' },
  );
  expect(isSame(graph, hours())).toBe(true);
});

test('graphs are the same when they would be saved alike', () => {
  const spaced = after(hours(), { type: 'set', id: 'menu-1', key: 'media', values: [' ', ''] });
  expect(isSame(spaced, hours())).toBe(true);
  expect(isSame(after(hours(), { type: 'title', id: 'menu-1', title: 'A' }), hours())).toBe(false);
});

test('empty settings are not sent', () => {
  const graph = after(hours(), { type: 'set', id: 'menu-1', key: 'media', values: [' 5 ', ''] });
  const operations = graphInput(graph).operations as { settings: unknown }[];
  expect(operations.map(({ settings }) => settings)).toEqual([
    [],
    [{ key: 'media', values: ['5'] }],
    [{ key: 'to', values: ['group'] }],
    [],
  ]);
});

test('the outline follows calls, names every operation once, and ends with those no call comes to', () => {
  const graph = after(hours(), { type: 'add', operation: 'hangup', x: 0, y: 0 });
  expect(outlineOf(graph).map(({ operation, depth, isReached }) => [operation.id, depth, isReached])).toEqual(
    [
      ['schedule-1', 0, true],
      ['menu-1', 1, true],
      ['forward-1', 2, true],
      ['voicemail-1', 3, true],
      ['hangup-1', 0, false],
    ],
  );
  const looped = after(hours(), { type: 'lead', id: 'voicemail-1', exit: 'done', to: 'schedule-1' });
  expect(outlineOf(looped)).toHaveLength(4);
});

test.each(templates)(
  'everything in the template %s can be reached and leads somewhere that is there',
  (name) => {
    const graph = graphOfTemplate(name);
    expect(outlineOf(graph).every(({ isReached }) => isReached)).toBe(true);
    const targets = graph.operations.flatMap(({ exits }) => Object.values(exits));
    expect(targets.every((to) => ids(graph).includes(to))).toBe(true);
  },
);
