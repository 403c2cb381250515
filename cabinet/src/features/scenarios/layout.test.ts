import { expect, test } from 'vitest';
import type { OperationTypeFieldsFragment } from '@/graphql/generated/graphql';
import { editGraph } from './graph';
import { boxesOf, extentOf, freePlace, linesOf, sizes, tidied } from './layout';
import { graphOfTemplate } from './templates';

const text = { ru: '', en: '' };
const specs: Record<string, OperationTypeFieldsFragment> = {
  schedule: {
    type: 'schedule',
    title: text,
    summary: text,
    fields: [],
    exits: ['open', 'closed'].map((name) => ({ name, title: text, isMain: true })),
  },
};
const specOf = (type: string) => specs[type];
const overlaps = (a: { x: number; y: number; height: number }, b: typeof a) =>
  Math.abs(a.x - b.x) < sizes.width && a.y < b.y + b.height && b.y < a.y + a.height;

test('a box has a row for every exit that leads somewhere, and for the main ones', () => {
  const graph = editGraph(graphOfTemplate('hours'), { type: 'lead', id: 'schedule-1', exit: 'open', to: '' });
  const [schedule, menu] = boxesOf(graph, specOf);
  expect(schedule?.rows.map(({ name, to }) => [name, to])).toEqual([
    ['open', ''],
    ['closed', 'voicemail-1'],
  ]);
  expect(menu?.rows.map(({ name }) => name)).toEqual(['1', 'timeout']);
});

test('a line leads from its row to the head of the box that follows', () => {
  const boxes = boxesOf(graphOfTemplate('hours'), specOf);
  const line = linesOf(boxes).find(({ exit }) => exit === 'closed');
  const row = boxes[0]?.rows[1];
  expect(line?.path.startsWith(`M${sizes.margin + sizes.width} ${row?.y} C`)).toBe(true);
  expect(linesOf(boxes)).toHaveLength(5);
});

test('tidied boxes do not overlap and go from left to right', () => {
  const boxes = boxesOf(tidied(graphOfTemplate('hours'), specOf), specOf);
  boxes.forEach((one, index) =>
    boxes.slice(index + 1).forEach((other) => expect(overlaps(one, other)).toBe(false)),
  );
  expect(boxes.map(({ x }) => x)).toEqual([24, 336, 648, 336]);
});

test('a new box is put beside the one it follows, on no other', () => {
  const boxes = boxesOf(graphOfTemplate('hours'), specOf);
  const place = freePlace(boxes, 'schedule-1');
  expect(place.x).toBe(336);
  expect(boxes.some((box) => overlaps(box, { ...place, height: 100 }))).toBe(false);
});

test('the canvas holds every box', () => {
  const boxes = boxesOf(graphOfTemplate('hours'), specOf);
  const { width, height } = extentOf(boxes);
  expect(boxes.every((box) => box.x + sizes.width < width && box.y + box.height < height)).toBe(true);
});
