import { Badge, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { LiveVisitorFieldsFragment } from '@/graphql/generated/graphql';
import { PageLink } from '@/ui/PageLink';
import { TextLink } from '@/ui/TextLink';
import { ClientLine } from './ClientLine';
import { SourceLine } from './SourceLine';

/** One visitor who is on the site now. */
export function LiveVisitorRow({ visitor, now }: { visitor: LiveVisitorFieldsFragment; now: Date }) {
  const { t } = useTranslation();
  const format = useFormat();
  const seconds = (now.getTime() - new Date(visitor.startedAt).getTime()) / 1000;
  return (
    <Table.Tr>
      <Table.Td maw={220}>
        <Group gap={6}>
          <TextLink
            to="/visitors/$visitorId"
            params={{ visitorId: visitor.visitorId }}
            fw={600}
            size="sm"
            className="break"
          >
            {visitor.name || t('visitors.card.nameless', { id: visitor.visitorId })}
          </TextLink>
          {visitor.hasContacts && (
            <Badge variant="light" tt="none">
              {t('visitors.live.hasContacts')}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td maw={300}>
        <PageLink url={visitor.pageUrl} title={visitor.pageTitle} lines={2} />
        <Text size="xs" c="dimmed">
          {t('visitors.list.pages', { count: visitor.hitCount })}
        </Text>
      </Table.Td>
      <Table.Td maw={260}>
        <SourceLine source={visitor.source} />
      </Table.Td>
      <Table.Td>
        <ClientLine client={visitor.client} place="city" />
      </Table.Td>
      <Table.Td className="numeric" style={{ whiteSpace: 'nowrap' }}>
        {format.duration(seconds)}
      </Table.Td>
    </Table.Tr>
  );
}
