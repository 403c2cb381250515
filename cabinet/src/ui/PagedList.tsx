import { Button, Center, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pages } from '@/graphql/usePages';
import { ErrorState } from './ErrorState';
import { ProblemAlert } from './ProblemAlert';
import { RowsSkeleton } from './RowsSkeleton';

interface PagedListProps<Node> {
  pages: Pages<Node>;
  /** Shown when the list has no rows. */
  empty: ReactNode;
  skeleton?: ReactNode;
  children: (nodes: Node[]) => ReactNode;
}

/** A cursor list with its states and the button that reads on. */
export function PagedList<Node>({ pages, empty, skeleton, children }: PagedListProps<Node>) {
  const { t } = useTranslation();
  if (pages.error) {
    return <ErrorState error={pages.error} onRetry={pages.refresh} />;
  }
  if (!pages.isLoaded) {
    return skeleton ?? <RowsSkeleton rows={8} />;
  }
  if (pages.nodes.length === 0) {
    return empty;
  }
  return (
    <Stack gap={0} aria-busy={pages.isStale}>
      {children(pages.nodes)}
      <ProblemAlert error={pages.moreError} />
      {pages.hasMore && (
        <Center p="md">
          <Button variant="default" loading={pages.loadingMore} onClick={() => void pages.loadMore()}>
            {t('common.action.loadMore')}
          </Button>
        </Center>
      )}
    </Stack>
  );
}
