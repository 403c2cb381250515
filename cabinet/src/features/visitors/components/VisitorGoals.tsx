import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { VisitorGoalReachesDocument, type VisitorGoalReachesQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { PagedList } from '@/ui/PagedList';
import { Panel } from '@/ui/Panel';
import { GoalReaches } from './GoalReaches';

const typenames = ['GoalReach'];
const select = (data: VisitorGoalReachesQuery) => data.visitor.goalReaches;

/** All goals and events of a visitor. */
export function VisitorGoals({ visitorId }: { visitorId: string }) {
  const { t } = useTranslation();
  const pages = usePages({
    query: VisitorGoalReachesDocument,
    variables: { id: visitorId, first: 20 },
    select,
    typenames,
  });
  return (
    <Panel title={t('visitors.goals.title')}>
      <PagedList
        pages={pages}
        empty={
          <Text size="sm" c="dimmed">
            {t('visitors.goals.empty')}
          </Text>
        }
      >
        {(reaches) => <GoalReaches reaches={reaches} />}
      </PagedList>
    </Panel>
  );
}
