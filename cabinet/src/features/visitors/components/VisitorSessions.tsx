import { IconRoute } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { VisitorSessionsDocument, type VisitorSessionsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { PagedList } from '@/ui/PagedList';
import { Panel } from '@/ui/Panel';
import { SessionItem } from './SessionItem';
import classes from './VisitorSessions.module.css';

const typenames = ['Session'];
const select = (data: VisitorSessionsQuery) => data.visitor.sessions;
const perPage = 10;
const hitsAtOnce = 20;

/** The visits of a visitor, newest first, each with its pages and goals. */
export function VisitorSessions({ visitorId }: { visitorId: string }) {
  const { t } = useTranslation();
  const pages = usePages({
    query: VisitorSessionsDocument,
    variables: { id: visitorId, first: perPage, hits: hitsAtOnce },
    select,
    typenames,
  });
  const cursors = pages.pages.map((_, index) => pages.pages[index - 1]?.pageInfo.endCursor ?? null);
  return (
    <Panel title={t('visitors.sessions.title')}>
      <PagedList pages={pages} empty={<EmptyState icon={IconRoute} title={t('visitors.sessions.empty')} />}>
        {() => (
          <ol className={classes.list}>
            {pages.pages.flatMap((page, index) =>
              page.nodes.map((session) => (
                <SessionItem
                  key={session.id}
                  visitorId={visitorId}
                  session={session}
                  page={{ first: perPage, after: cursors[index] ?? null }}
                  isFirst={pages.nodes[0]?.id === session.id}
                />
              )),
            )}
          </ol>
        )}
      </PagedList>
    </Panel>
  );
}
