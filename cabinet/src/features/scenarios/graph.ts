import type { ScenarioFieldsFragment, ScenarioGraphInput } from '@/graphql/generated/graphql';

/** A node of a scenario being edited. */
export interface Operation {
  id: string;
  type: string;
  /** Given by people; empty = the type's. */
  title: string;
  settings: Readonly<Record<string, readonly string[]>>;
  /** Operation ids by exit; exits that are absent end the call. */
  exits: Readonly<Record<string, string>>;
  x: number;
  y: number;
}

/** A scenario being edited. */
export interface Graph {
  start: string;
  fallback: string;
  operations: readonly Operation[];
}

/** A step of editing. */
export type Edit =
  | { type: 'add'; operation: string; x: number; y: number; from?: { id: string; exit: string } }
  | { type: 'remove'; id: string }
  | { type: 'start'; id: string }
  | { type: 'title'; id: string; title: string }
  | { type: 'set'; id: string; key: string; values: readonly string[] }
  | { type: 'lead'; id: string; exit: string; to: string }
  | { type: 'move'; id: string; x: number; y: number }
  | { type: 'fallback'; fallback: string }
  | { type: 'replace'; graph: Graph };

/** Most operations of a scenario. */
export const mostOperations = 200;

/** Begins with a saved scenario. */
export function graphOf({ start, fallback, operations }: ScenarioFieldsFragment): Graph {
  return {
    start,
    fallback,
    operations: operations.map(({ id, type, title, settings, exits, x, y }) => ({
      id,
      type,
      title,
      settings: Object.fromEntries(settings.map(({ key, values }) => [key, values])),
      exits: Object.fromEntries(exits.map(({ name, to }) => [name, to])),
      x,
      y,
    })),
  };
}

/** The scenario as the server takes it. */
export function graphInput({ start, fallback, operations }: Graph): ScenarioGraphInput {
  return {
    start,
    fallback: fallback.trim(),
    operations: operations.map(({ id, type, title, settings, exits, x, y }) => ({
      id,
      type,
      title: title.trim(),
      settings: Object.entries(settings)
        .map(([key, values]) => ({ key, values: values.map((value) => value.trim()).filter(Boolean) }))
        .filter(({ values }) => values.length > 0),
      exits: Object.entries(exits).map(([name, to]) => ({ name, to })),
      x: Math.round(x),
      y: Math.round(y),
    })),
  };
}

/** Makes one step. An edit of an operation that is not there changes nothing. */
export function editGraph(graph: Graph, edit: Edit): Graph {
  switch (edit.type) {
    case 'replace':
      return edit.graph;
    case 'fallback':
      return { ...graph, fallback: edit.fallback };
    case 'start':
      return find(graph, edit.id) ? { ...graph, start: edit.id } : graph;
    case 'add':
      return add(graph, edit);
    case 'remove':
      return remove(graph, edit.id);
    case 'title':
      return change(graph, edit.id, () => ({ title: edit.title }));
    case 'move':
      return change(graph, edit.id, () => ({ x: Math.max(0, edit.x), y: Math.max(0, edit.y) }));
    case 'set':
      return change(graph, edit.id, ({ settings }) => ({
        settings: { ...settings, [edit.key]: edit.values },
      }));
    case 'lead':
      return change(graph, edit.id, ({ exits }) => ({ exits: led(exits, edit.exit, edit.to) }));
  }
}

/** The operation with an id. */
export function find(graph: Graph, id: string): Operation | undefined {
  return graph.operations.find((operation) => operation.id === id);
}

/** An id no operation has yet: the type with a number. */
export function freeId(graph: Graph, type: string): string {
  for (let number = 1; ; number++) {
    const id = `${type}-${number}`;
    if (!find(graph, id)) {
      return id;
    }
  }
}

function add(graph: Graph, { operation: type, x, y, from }: Extract<Edit, { type: 'add' }>): Graph {
  if (graph.operations.length >= mostOperations) {
    return graph;
  }
  const id = freeId(graph, type);
  const next = {
    ...graph,
    start: find(graph, graph.start) ? graph.start : id,
    operations: [...graph.operations, { id, type, title: '', settings: {}, exits: {}, x, y }],
  };
  return from ? editGraph(next, { type: 'lead', id: from.id, exit: from.exit, to: id }) : next;
}

function remove(graph: Graph, id: string): Graph {
  const operations = graph.operations
    .filter((operation) => operation.id !== id)
    .map((operation) => ({
      ...operation,
      exits: Object.fromEntries(Object.entries(operation.exits).filter(([, to]) => to !== id)),
    }));
  // What followed the start begins the scenario now.
  const next = Object.values(find(graph, id)?.exits ?? {}).find((to) => operations.some((o) => o.id === to));
  const start = graph.start === id ? (next ?? operations[0]?.id ?? '') : graph.start;
  return { ...graph, start, operations };
}

function led(exits: Operation['exits'], exit: string, to: string): Operation['exits'] {
  const others = Object.entries(exits).filter(([name]) => name !== exit);
  return Object.fromEntries(to === '' ? others : [...others, [exit, to]]);
}

function change(graph: Graph, id: string, to: (operation: Operation) => Partial<Operation>): Graph {
  return {
    ...graph,
    operations: graph.operations.map((operation) =>
      operation.id === id ? { ...operation, ...to(operation) } : operation,
    ),
  };
}

/** Whether two graphs would be saved alike. */
export function isSame(one: Graph, other: Graph): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(graph: Graph) {
  const input = graphInput(graph);
  return {
    ...input,
    operations: (input.operations as { settings?: unknown; exits?: unknown }[]).map((operation) => ({
      ...operation,
      settings: byName(operation.settings as { key: string }[], ({ key }) => key),
      exits: byName(operation.exits as { name: string }[], ({ name }) => name),
    })),
  };
}

function byName<Row>(rows: Row[], name: (row: Row) => string): Row[] {
  return [...rows].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

/** A line of the outline: an operation, how deep it lies, and the exit that leads to it. */
export interface OutlineRow {
  operation: Operation;
  depth: number;
  /** The exit and operation one comes from; absent for the start and for what nothing leads to. */
  from?: { id: string; exit: string };
  isReached: boolean;
}

/** The operations as calls come to them, each once; those no call comes to are last. */
export function outlineOf(graph: Graph): OutlineRow[] {
  const rows: OutlineRow[] = [];
  const seen = new Set<string>();
  const visit = (id: string, depth: number, from?: OutlineRow['from']) => {
    const operation = find(graph, id);
    if (!operation || seen.has(id)) {
      return;
    }
    seen.add(id);
    rows.push({ operation, depth, isReached: true, ...(from ? { from } : {}) });
    Object.entries(operation.exits).forEach(([exit, to]) => visit(to, depth + 1, { id, exit }));
  };
  visit(graph.start, 0);
  for (const operation of graph.operations) {
    if (!seen.has(operation.id)) {
      rows.push({ operation, depth: 0, isReached: false });
    }
  }
  return rows;
}
