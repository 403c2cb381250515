import { useQuery } from 'urql';
import { CallTagsDocument } from '@/graphql/generated/graphql';

const context = { additionalTypenames: ['CallTag'] };

/** The account's tags of calls, by name. */
export function useCallTags() {
  return useQuery({ query: CallTagsDocument, context });
}
