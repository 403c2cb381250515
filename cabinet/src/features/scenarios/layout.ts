import type { OperationTypeFieldsFragment } from '@/graphql/generated/graphql';
import type { Graph, Operation } from './graph';

/** Sizes on the canvas, in pixels. */
export const sizes = {
  width: 216,
  head: 56,
  row: 24,
  foot: 8,
  gapX: 96,
  gapY: 32,
  margin: 24,
  step: 16,
} as const;

/** An exit as it is drawn: a row of its box, from whose end a line may lead. */
export interface ExitRow {
  name: string;
  /** Where it leads; empty = the call ends. */
  to: string;
  /** Middle of the row, from the top of the canvas. */
  y: number;
}

/** An operation as it is drawn. */
export interface Box {
  operation: Operation;
  x: number;
  y: number;
  height: number;
  rows: ExitRow[];
}

/** A line from an exit to an operation. */
export interface Line {
  from: string;
  exit: string;
  to: string;
  path: string;
}

/** The exits that are drawn: those that lead somewhere, and those calls commonly leave by. */
export function shownExits(operation: Operation, spec: OperationTypeFieldsFragment | undefined): string[] {
  const exits = spec?.exits ?? [];
  const known = exits.filter(({ name, isMain }) => isMain || operation.exits[name]).map(({ name }) => name);
  const unknown = Object.keys(operation.exits).filter((name) => exits.every((exit) => exit.name !== name));
  return [...known, ...unknown];
}

/** The boxes of all operations where people put them. */
export function boxesOf(
  graph: Graph,
  specOf: (type: string) => OperationTypeFieldsFragment | undefined,
): Box[] {
  return graph.operations.map((operation) => {
    const names = shownExits(operation, specOf(operation.type));
    const rows = names.map((name, index) => ({
      name,
      to: operation.exits[name] ?? '',
      y: operation.y + sizes.head + sizes.row * (index + 0.5),
    }));
    return { operation, x: operation.x, y: operation.y, height: heightOf(names.length), rows };
  });
}

function heightOf(rows: number): number {
  return sizes.head + rows * sizes.row + sizes.foot;
}

/** The lines between boxes. */
export function linesOf(boxes: readonly Box[]): Line[] {
  return boxes.flatMap((box) =>
    box.rows.flatMap(({ name, to, y }) => {
      const target = boxes.find(({ operation }) => operation.id === to);
      return target
        ? [
            {
              from: box.operation.id,
              exit: name,
              to,
              path: curve(box.x + sizes.width, y, target.x, target.y + sizes.head / 2),
            },
          ]
        : [];
    }),
  );
}

/** A line that leaves to the right and arrives from the left. */
export function curve(x1: number, y1: number, x2: number, y2: number): string {
  // A line that leads back stays near its boxes.
  const bend = x2 > x1 ? Math.max(40, (x2 - x1) / 2) : 90;
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

/** How large the canvas must be. */
export function extentOf(boxes: readonly Box[]): { width: number; height: number } {
  return {
    width: Math.max(320, ...boxes.map(({ x }) => x + sizes.width + sizes.margin * 3)),
    height: Math.max(240, ...boxes.map(({ y, height }) => y + height + sizes.margin * 2)),
  };
}

/** Puts operations into columns by how many steps calls need to come to them; what no call comes to is put last. */
export function tidied(
  graph: Graph,
  specOf: (type: string) => OperationTypeFieldsFragment | undefined,
): Graph {
  const depths = depthsOf(graph);
  const deepest = Math.max(0, ...depths.values());
  const tops = new Map<number, number>();
  return {
    ...graph,
    operations: graph.operations.map((operation) => {
      const column = depths.get(operation.id) ?? deepest + 1;
      const y = tops.get(column) ?? sizes.margin;
      tops.set(column, y + heightOf(shownExits(operation, specOf(operation.type)).length) + sizes.gapY);
      return { ...operation, x: sizes.margin + column * (sizes.width + sizes.gapX), y };
    }),
  };
}

function depthsOf(graph: Graph): Map<string, number> {
  const depths = new Map<string, number>();
  let next = [graph.start];
  for (let depth = 0; next.length > 0; depth++) {
    const here = graph.operations.filter(({ id }) => next.includes(id) && !depths.has(id));
    here.forEach(({ id }) => depths.set(id, depth));
    next = here.flatMap(({ exits }) => Object.values(exits));
  }
  return depths;
}

/** Where a new operation is put: beside the one it follows, else below all. */
export function freePlace(boxes: readonly Box[], after: string | undefined): { x: number; y: number } {
  const before = boxes.find(({ operation }) => operation.id === after);
  const x = before ? before.x + sizes.width + sizes.gapX : sizes.margin;
  const column = boxes.filter((box) => box.x < x + sizes.width && box.x + sizes.width > x);
  const least = before?.y ?? sizes.margin;
  const isFree = (y: number) =>
    column.every((box) => y >= box.y + box.height + sizes.gapY || y + heightOf(2) + sizes.gapY <= box.y);
  let y = least;
  while (!isFree(y)) {
    y += sizes.step;
  }
  return { x, y };
}
