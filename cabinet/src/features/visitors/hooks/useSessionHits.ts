import { useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import {
  type HitPageFieldsFragment,
  type SessionFieldsFragment,
  SessionHitsDocument,
} from '@/graphql/generated/graphql';

const perPage = 100;

/**
 * The pages seen in a session: those read with it, and more on demand.
 * A session is reached through its visitor only, so more are asked for by the page of sessions it stands on.
 */
export function useSessionHits(
  visitorId: string,
  session: SessionFieldsFragment,
  page: { first: number; after: string | null },
) {
  const client = useClient();
  const [more, setMore] = useState<HitPageFieldsFragment[]>([]);
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const last = more.at(-1) ?? session.hits;
  const loadMore = async () => {
    setLoading(true);
    const variables = {
      visitorId,
      sessionsFirst: page.first,
      sessionsAfter: page.after,
      first: perPage,
      after: last.pageInfo.endCursor,
    };
    const answer = await client
      .query(SessionHitsDocument, variables, { requestPolicy: 'network-only' })
      .toPromise();
    setLoading(false);
    setError(answer.error);
    const found = answer.data?.visitor.sessions.nodes.find(({ id }) => id === session.id);
    if (found) {
      setMore((old) => [...old, found.hits]);
    }
  };
  return {
    hits: [session.hits, ...more].flatMap(({ nodes }) => nodes),
    hasMore: last.pageInfo.hasNextPage,
    loadMore,
    loading,
    error,
  };
}
