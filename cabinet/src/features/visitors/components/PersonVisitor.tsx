import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PersonFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { TextLink } from '@/ui/TextLink';
import { ClientLine } from './ClientLine';
import { OnlineBadge } from './OnlineBadge';

/** Another visitor of the same person. */
export function PersonVisitor({ visitor }: { visitor: PersonFieldsFragment['visitors'][number] }) {
  const { t } = useTranslation();
  return (
    <li>
      <Group gap={6}>
        <TextLink to="/visitors/$visitorId" params={{ visitorId: visitor.id }} size="sm" fw={600}>
          {visitor.name || t('visitors.card.nameless', { id: visitor.id })}
        </TextLink>
        {visitor.isOnline && <OnlineBadge />}
      </Group>
      <ClientLine client={visitor.client} place="none" />
      <Text size="xs" c="dimmed">
        {t('visitors.person.visits', { count: visitor.sessionCount })},{' '}
        <Moment at={visitor.lastSeenAt} as="date" />
      </Text>
    </li>
  );
}
