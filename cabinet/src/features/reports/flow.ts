import type { ReportPathsQuery } from '@/graphql/generated/graphql';
import type { FlowEdge, FlowNode } from './charts/options';

/** Links between the steps of paths. */
export type FlowLinks = ReportPathsQuery['reportPaths']['flow'];

/** The key of a path's end. */
export const flowEnd = 'deal';

/** Places and bands of a flow diagram: a channel is a place of its own at every step, the deal is one place at the end. */
export function flowOf(links: FlowLinks, wordOf: (key: string, label: string) => string) {
  const nodes = new Map<string, FlowNode>();
  const edges: FlowEdge[] = [];
  const last = Math.max(0, ...links.map(({ step }) => step));
  const place = (step: number, key: string, label: string) => {
    const isEnd = key === flowEnd;
    const id = isEnd ? flowEnd : `${step}:${key}`;
    if (!nodes.has(id)) {
      nodes.set(id, { id, label: wordOf(key, label), depth: isEnd ? last : step - 1 });
    }
    return id;
  };
  for (const { step, from, fromLabel, to, toLabel, deals } of links) {
    edges.push({ from: place(step, from, fromLabel), to: place(step + 1, to, toLabel), value: deals });
  }
  return { nodes: [...nodes.values()], edges };
}
