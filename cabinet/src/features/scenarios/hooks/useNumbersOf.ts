import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { VirtualNumbersDocument, type VirtualNumberFieldsFragment } from '@/graphql/generated/graphql';

/** Pages that are read at most: a thousand numbers. */
const mostPages = 10;

/** The numbers whose calls go through a scenario; `count` of them are known to be there. */
export function useNumbersOf(scenarioId: string, count: number) {
  const client = useClient();
  const [numbers, setNumbers] = useState<VirtualNumberFieldsFragment[]>();
  useEffect(() => {
    let isGone = false;
    const read = async () => {
      const found: VirtualNumberFieldsFragment[] = [];
      let after: string | null = null;
      for (let page = 0; page < mostPages && found.length < count; page++) {
        const variables: { first: number; after: string | null } = { first: 100, after };
        const { data } = await client.query(VirtualNumbersDocument, variables).toPromise();
        const list = data?.virtualNumbers;
        found.push(...(list?.nodes ?? []).filter((number) => number.scenarioId === scenarioId));
        if (!list?.pageInfo.hasNextPage) {
          break;
        }
        after = list.pageInfo.endCursor;
      }
      if (!isGone) {
        setNumbers(found);
      }
    };
    if (count > 0) {
      void read();
    }
    return () => {
      isGone = true;
    };
  }, [client, scenarioId, count]);
  return count === 0 ? [] : numbers;
}
