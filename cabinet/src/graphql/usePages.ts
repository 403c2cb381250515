import { useCallback, useMemo, useState } from 'react';
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
  isLoading: boolean;
  error?: CombinedError | undefined;
}

/** What to read page by page. */
export interface PagesOptions<Data, Variables extends AnyVariables, Node> {
  query: TypedDocumentNode<Data, Variables>;
  /** Everything but `after`. */
  variables: Variables;
  /** The list inside an answer. */
  select: (data: Data) => Connection<Node>;
  /** Type names whose mutations refresh the list even while it is empty; the same array on every call. */
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
  const context = useMemo(() => ({ additionalTypenames: typenames }), [typenames]);
  const client = useClient();
  const [first, refresh] = useQuery({ query, variables, context, pause });
  const [state, setState] = useState<More<Node>>();

  const of = first.data;
  const firstPage = of ? select(of) : undefined;
  const more = state?.of === of ? state : undefined;
  const pages = firstPage ? [firstPage, ...(more?.pages ?? [])] : [];
  const last = pages.at(-1)?.pageInfo;
  const after = last?.endCursor;

  const loadMore = useCallback(async () => {
    // An answer that comes after the first page was refreshed continues nothing any more.
    const change = (next: (old: More<Node>) => Partial<More<Node>>) =>
      setState((old) => (old && old.of === of ? { ...old, ...next(old) } : old));
    setState((old) => ({ of, pages: old && old.of === of ? old.pages : [], isLoading: true }));
    const { data, error } = await client
      .query(query, { ...variables, after } as Variables, { requestPolicy: 'network-only' })
      .toPromise();
    if (data === undefined || error) {
      change(() => ({ isLoading: false, error }));
    } else {
      const page = select(data);
      change(({ pages }) => ({ isLoading: false, pages: [...pages, page] }));
    }
  }, [client, query, variables, after, select, of]);

  return {
    nodes: pages.flatMap((page) => page.nodes),
    pages,
    hasMore: last?.hasNextPage ?? false,
    loadMore,
    loadingMore: more?.isLoading ?? false,
    moreError: more?.error,
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
