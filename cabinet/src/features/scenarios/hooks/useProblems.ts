import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { ValidateScenarioDocument } from '@/graphql/generated/graphql';
import { type Graph, graphInput } from '../graph';

/** What is wrong with a graph, asked shortly after it was changed. */
export function useProblems(graph: Graph) {
  const key = JSON.stringify(graphInput(graph));
  const [settled] = useDebouncedValue(key, 400);
  const variables = useMemo(
    () => ({ graph: JSON.parse(settled) as ReturnType<typeof graphInput> }),
    [settled],
  );
  const [{ data, error, fetching }] = useQuery({
    query: ValidateScenarioDocument,
    variables,
    requestPolicy: 'network-only',
    pause: graph.operations.length === 0,
  });
  return {
    problems: graph.operations.length === 0 ? [] : (data?.validateScenario ?? []),
    error,
    isChecking: fetching || settled !== key,
  };
}
