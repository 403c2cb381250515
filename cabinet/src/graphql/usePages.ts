import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useClient, useQuery } from 'urql';

/** Rows of a list and where they end. */
export interface Connection<Node> {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface More<Node> {
  /** First page these rows continue. */
  of: unknown;
  pages: Connection<Node>[];
}

/** What to read page by page. */
export interface PagesOptions<Data, Variables extends AnyVariables, Node> {
  query: TypedDocumentNode<Data, Variables>;
  /** Everything but `after`. */
  variables: Variables;
  /** The list inside an answer. */
  select: (data: Data) => Connection<Node>;
  /** Type names whose mutations refresh the list even while it is empty. */
  typenames: string[];
  pause?: boolean;
}

/**
 * Reads a cursor list: the first page at once, further ones on demand.
 * A refreshed first page drops the further ones, so that no row is shown twice or missed.
 */
export function usePages<Data, Variables extends AnyVariables, Node>(
  options: PagesOptions<Data, Variables, Node>,
) {
  const { query, select, typenames, pause = false } = options;
  const key = JSON.stringify(options.variables);
  const variables = useMemo(() => JSON.parse(key) as Variables, [key]);
  const context = useMemo(() => ({ additionalTypenames: typenames }), [typenames.join()]); // eslint-disable-line react-hooks/exhaustive-deps -- by content
  const client = useClient();
  const [first, refresh] = useQuery({ query, variables, context, pause });
  const [more, setMore] = useState<More<Node>>({ of: undefined, pages: [] });
  const [loadingMore, setLoadingMore] = useState(false);
  const [moreError, setMoreError] = useState<CombinedError>();
  const asked = useRef(0);

  const firstPage = first.data ? select(first.data) : undefined;
  const of = first.data;
  const pages = firstPage ? [firstPage, ...(more.of === of ? more.pages : [])] : [];
  const last = pages.at(-1)?.pageInfo;

  useEffect(() => {
    asked.current += 1;
    setLoadingMore(false);
    setMoreError(undefined);
  }, [of]);

  const after = last?.endCursor;
  const loadMore = useCallback(async () => {
    const ask = ++asked.current;
    setLoadingMore(true);
    setMoreError(undefined);
    const answer = await client
      .query(query, { ...variables, after } as Variables, { requestPolicy: 'network-only' })
      .toPromise();
    if (ask !== asked.current) {
      return;
    }
    setLoadingMore(false);
    if (answer.data === undefined || answer.error) {
      setMoreError(answer.error);
      return;
    }
    const page = select(answer.data);
    setMore((old) => ({ of, pages: [...(old.of === of ? old.pages : []), page] }));
  }, [client, query, variables, after, select, of]);

  return {
    nodes: pages.flatMap((page) => page.nodes),
    pages,
    hasMore: last?.hasNextPage ?? false,
    loadMore,
    loadingMore,
    moreError,
    isLoaded: firstPage !== undefined,
    isStale: first.stale || (first.fetching && firstPage !== undefined),
    error: first.error,
    refresh: useCallback(() => refresh({ requestPolicy: 'network-only' }), [refresh]),
  };
}

/** What `usePages` returns for rows of a kind. */
export type Pages<Node> = Omit<
  ReturnType<typeof usePages<unknown, AnyVariables, Node>>,
  'nodes' | 'pages'
> & { nodes: Node[]; pages: Connection<Node>[] };
