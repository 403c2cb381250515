import { useQuery } from 'urql';
import { ReportModelsDocument, type ReportModelsQuery } from '@/graphql/generated/graphql';

const context = { additionalTypenames: ['AttributionModel'] };
const none: ReportModelsQuery['attributionModels'] = [];

/** All attribution models; empty until they are read. */
export function useModels(): ReportModelsQuery['attributionModels'] {
  const [{ data }] = useQuery({ query: ReportModelsDocument, context, requestPolicy: 'cache-first' });
  return data?.attributionModels ?? none;
}
