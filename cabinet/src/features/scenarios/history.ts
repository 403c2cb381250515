import { type Edit, editGraph, type Graph } from './graph';

/** A graph being edited, and what it was before each step. */
export interface History {
  graph: Graph;
  past: readonly { graph: Graph; step: string }[];
}

/** Steps that can be taken back. */
const longest = 100;

/** Begins without a past. */
export function historyOf(graph: Graph): History {
  return { graph, past: [] };
}

/** Makes a step, or takes the last one back. Steps that continue one another, like the letters of a title, are one. */
export function advance(
  history: History,
  edit: Edit | { type: 'undo' } | { type: 'reset'; graph: Graph },
): History {
  if (edit.type === 'reset') {
    return historyOf(edit.graph);
  }
  if (edit.type === 'undo') {
    const last = history.past.at(-1);
    return last ? { graph: last.graph, past: history.past.slice(0, -1) } : history;
  }
  const graph = editGraph(history.graph, edit);
  if (graph === history.graph) {
    return history;
  }
  const step = stepOf(edit);
  const continues = step !== '' && history.past.at(-1)?.step === step;
  const past = continues ? history.past : [...history.past, { graph: history.graph, step }].slice(-longest);
  return { graph, past };
}

function stepOf(edit: Edit): string {
  switch (edit.type) {
    case 'title':
    case 'move':
      return `${edit.type} ${edit.id}`;
    case 'set':
      return `set ${edit.id} ${edit.key}`;
    case 'fallback':
      return 'fallback';
    default:
      return '';
  }
}
