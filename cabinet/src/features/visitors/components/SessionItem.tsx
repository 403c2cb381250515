import { Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { SessionFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { SessionDetails } from './SessionDetails';
import { SourceLine } from './SourceLine';
import classes from './VisitorSessions.module.css';

interface SessionItemProps {
  visitorId: string;
  session: SessionFieldsFragment;
  /** The page of sessions it was read with; further hits are asked for by it. */
  page: { first: number; after: string | null };
  isFirst: boolean;
}

/** One visit; opens to show its pages. */
export function SessionItem({ visitorId, session, page, isFirst }: SessionItemProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const [opened, { toggle }] = useDisclosure(isFirst);
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  const goals = session.goalReaches.filter(({ isGoal }) => isGoal).length;
  return (
    <li className={classes.item}>
      <UnstyledButton className={classes.head} onClick={toggle} aria-expanded={opened} aria-controls={id}>
        <Group gap={8} wrap="nowrap" align="flex-start">
          <Chevron size={16} aria-hidden style={{ flex: 'none', marginTop: 4 }} />
          <div style={{ flex: 1, minWidth: 0 }}>
            <Group gap={8} justify="space-between">
              <Text size="sm" fw={600} component="span">
                {t('visitors.sessions.number', { number: session.number })}
                {' · '}
                <Moment at={session.startedAt} />
              </Text>
              <Text size="xs" c="dimmed" component="span">
                {t('visitors.list.pages', { count: session.hitCount })}
                {' · '}
                {format.duration(session.durationSeconds)}
                {goals > 0 && ` · ${t('visitors.sessions.goals', { count: goals })}`}
              </Text>
            </Group>
            <SourceLine source={session.source} />
          </div>
        </Group>
      </UnstyledButton>
      <div id={id} hidden={!opened}>
        {opened && <SessionDetails visitorId={visitorId} session={session} page={page} />}
      </div>
    </li>
  );
}
