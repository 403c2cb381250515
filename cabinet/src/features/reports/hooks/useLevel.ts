import { useQuery } from 'urql';
import { ReportDocument, type ReportInput } from '@/graphql/generated/graphql';
import type { TableData } from './useTable';

const context = { additionalTypenames: ['ReportFormula', 'Deal'] };

/** Reads one level of a report for a card or a chart, with what `Loaded` needs. */
export function useLevel(input: ReportInput, pause = false) {
  const [result, retry] = useQuery({ query: ReportDocument, variables: { input }, context, pause });
  return {
    result: { data: result.data?.report as TableData | undefined, error: result.error },
    isBusy: result.fetching,
    retry: () => retry({ requestPolicy: 'network-only' }),
  };
}
