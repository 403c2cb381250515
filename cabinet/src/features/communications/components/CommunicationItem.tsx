import { Group, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from '@/features/visitors/components/VisitorSessions.module.css';
import { useFormat } from '@/format/useFormat';
import type { CommunicationListFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { summaryOf } from '../summary';
import { KindBadge } from './KindBadge';

interface CommunicationItemProps {
  communication: CommunicationListFieldsFragment;
  onOpen: (id: string) => void;
}

/** One communication in a visitor's list; opens the details. */
export function CommunicationItem({ communication, onOpen }: CommunicationItemProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id, kind, at, saleAmount } = communication;
  return (
    <li className={classes.item}>
      <UnstyledButton className={classes.head} onClick={() => onOpen(id)} aria-haspopup="dialog">
        <Group gap={8} justify="space-between">
          <KindBadge kind={kind} />
          <Text size="xs" c="dimmed" component="span">
            <Moment at={at} />
          </Text>
        </Group>
        <Text size="sm" lineClamp={2} className="break" mt={4}>
          {summaryOf(communication, t) || t('communications.list.noText')}
        </Text>
        {saleAmount && (
          <Text size="sm" fw={600}>
            {format.money(saleAmount)}
          </Text>
        )}
      </UnstyledButton>
    </li>
  );
}
