import { Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { SessionFieldsFragment } from '@/graphql/generated/graphql';
import { CopyableId } from '@/ui/CopyableId';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { PageLink } from '@/ui/PageLink';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSessionHits } from '../hooks/useSessionHits';
import { ClientLine } from './ClientLine';
import { GoalReaches } from './GoalReaches';
import classes from './VisitorSessions.module.css';

interface SessionDetailsProps {
  visitorId: string;
  session: SessionFieldsFragment;
  page: { first: number; after: string | null };
}

/** The pages, goals and circumstances of one visit. */
export function SessionDetails({ visitorId, session, page }: SessionDetailsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { hits, hasMore, loadMore, loading, error } = useSessionHits(visitorId, session, page);
  const { source, campaign } = session;
  return (
    <Stack className={classes.body} gap="sm">
      <Facts>
        {campaign && <Fact name={t('visitors.sessions.campaign')}>{campaign.name}</Fact>}
        {source.term && <Fact name={t('visitors.source.term')}>{source.term}</Fact>}
        {source.content && <Fact name={t('visitors.source.content')}>{source.content}</Fact>}
        {source.referrer && (
          <Fact name={t('visitors.source.referrer')}>
            <PageLink url={source.referrer} lines={2} />
          </Fact>
        )}
        <Fact name={t('visitors.facts.device')}>
          <ClientLine client={session.client} />
        </Fact>
        <Fact name={t('visitors.sessions.id')}>
          <CopyableId value={session.id} />
        </Fact>
      </Facts>
      {session.goalReaches.length > 0 && <GoalReaches reaches={session.goalReaches} />}
      <div>
        <Text size="sm" fw={600}>
          {t('visitors.sessions.hits')}
        </Text>
        <ol className={classes.hits}>
          {hits.map((hit) => (
            <li key={hit.id} className={classes.hit}>
              <Text size="xs" c="dimmed" component="span">
                <Moment at={hit.at} as="time" />
              </Text>
              <PageLink url={hit.url} title={hit.title} lines={2} />
              <Text size="xs" c="dimmed" component="span" className="numeric">
                {format.duration(hit.durationSeconds)}
              </Text>
            </li>
          ))}
        </ol>
        <ProblemAlert error={error} />
        {hasMore && (
          <Button size="xs" variant="default" mt="xs" loading={loading} onClick={() => void loadMore()}>
            {t('common.action.loadMore')}
          </Button>
        )}
      </div>
    </Stack>
  );
}
