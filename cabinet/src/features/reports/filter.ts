import type { ReportFilterInput, ReportOperator } from '@/graphql/generated/graphql';

/** How a condition compares, those used most often first. */
export const operators = [
  'IS',
  'IS_NOT',
  'CONTAINS',
  'NOT_CONTAINS',
  'STARTS',
  'EMPTY',
  'NOT_EMPTY',
] as const satisfies ReportOperator[];

/** One condition of a filter. */
export interface Condition {
  dimension: string;
  operator: ReportOperator;
  values: string[];
}

/** Conditions joined by and, or (with `any`) by or. */
export interface Group {
  any: boolean;
  filters: FilterNode[];
}

/** A part of a filter. */
export type FilterNode = Condition | Group;

/** Where a part stands: indexes from the outermost group inwards. */
export type NodePath = number[];

/** How deep groups may stand in each other. */
export const maxDepth = 4;

/** A filter that lets everything through. */
export const emptyFilter: Group = { any: false, filters: [] };

/** Whether a part is a group. */
export function isGroup(node: FilterNode): node is Group {
  return 'filters' in node;
}

/** Whether an operator compares with values. */
export function takesValues(operator: ReportOperator): boolean {
  return operator !== 'EMPTY' && operator !== 'NOT_EMPTY';
}

/** Whether an operator compares with keys, which are chosen from a list; the others compare with words. */
export function takesKeys(operator: ReportOperator): boolean {
  return operator === 'IS' || operator === 'IS_NOT';
}

/** Changes the part at a place. */
export function changeAt(root: Group, path: NodePath, change: (node: FilterNode) => FilterNode): Group {
  const [index, ...rest] = path;
  if (index === undefined) {
    return change(root) as Group;
  }
  return {
    ...root,
    filters: root.filters.map((node, at) => {
      if (at !== index) {
        return node;
      }
      return rest.length === 0 ? change(node) : isGroup(node) ? changeAt(node, rest, change) : node;
    }),
  };
}

/** Puts a part at the end of the group at a place. */
export function addAt(root: Group, path: NodePath, node: FilterNode): Group {
  return changeAt(root, path, (group) =>
    isGroup(group) ? { ...group, filters: [...group.filters, node] } : group,
  );
}

/** Takes the part at a place away. */
export function removeAt(root: Group, path: NodePath): Group {
  const index = path.at(-1);
  return changeAt(root, path.slice(0, -1), (group) =>
    isGroup(group) ? { ...group, filters: group.filters.filter((_, at) => at !== index) } : group,
  );
}

/** Whether nothing is left to fill in. */
export function isComplete(node: FilterNode): boolean {
  return isGroup(node)
    ? node.filters.every(isComplete)
    : node.dimension !== '' && (!takesValues(node.operator) || node.values.length > 0);
}

/** Leaves out empty groups and conditions still to be filled in. */
export function pruned(root: Group): Group {
  return {
    any: root.any,
    filters: root.filters.flatMap((node): FilterNode[] => {
      if (!isGroup(node)) {
        return isComplete(node) ? [node] : [];
      }
      const group = pruned(node);
      return group.filters.length > 0 ? [group] : [];
    }),
  };
}

/** Number of conditions. */
export function countConditions(node: FilterNode): number {
  return isGroup(node) ? node.filters.reduce((sum, part) => sum + countConditions(part), 0) : 1;
}

type Written = [string, string, ...string[]] | { all: Written[] } | { any: Written[] };

/** The filter as it stands in the address; absent when it lets everything through. */
export function writeFilter(root: Group): string | undefined {
  const filter = pruned(root);
  return filter.filters.length === 0 ? undefined : JSON.stringify(write(filter));
}

/** Reads the address; whatever makes no sense is left out. */
export function readFilter(text: string | undefined): Group {
  if (text === undefined) {
    return emptyFilter;
  }
  try {
    const node = read(JSON.parse(text), 1);
    return node && isGroup(node) ? pruned(node) : emptyFilter;
  } catch {
    return emptyFilter;
  }
}

/** The filter as the server takes it; absent when it lets everything through. */
export function filterInput(root: Group): ReportFilterInput | undefined {
  const filter = pruned(root);
  return filter.filters.length === 0 ? undefined : inputOf(filter);
}

function inputOf(node: FilterNode): ReportFilterInput {
  if (isGroup(node)) {
    return { any: node.any, filters: node.filters.map(inputOf) };
  }
  const { dimension, operator, values } = node;
  return takesValues(operator) ? { dimension, operator, values } : { dimension, operator };
}

function write(node: FilterNode): Written {
  if (!isGroup(node)) {
    return [node.dimension, node.operator, ...(takesValues(node.operator) ? node.values : [])];
  }
  const parts = node.filters.map(write);
  return node.any ? { any: parts } : { all: parts };
}

function read(raw: unknown, depth: number): FilterNode | undefined {
  if (Array.isArray(raw)) {
    const [dimension, word, ...values] = raw as unknown[];
    const operator = operators.find((known) => known === word);
    if (typeof dimension !== 'string' || operator === undefined || depth > maxDepth) {
      return undefined;
    }
    return { dimension, operator, values: values.filter((value) => typeof value === 'string') };
  }
  if (typeof raw !== 'object' || raw === null || depth > maxDepth) {
    return undefined;
  }
  const any = 'any' in raw;
  const parts: unknown = any ? raw.any : 'all' in raw ? raw.all : undefined;
  if (!Array.isArray(parts)) {
    return undefined;
  }
  return { any, filters: parts.flatMap((part) => read(part, depth + 1) ?? []) };
}
