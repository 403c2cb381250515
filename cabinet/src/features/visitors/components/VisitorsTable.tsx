import { Group, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { VisitorListFieldsFragment } from '@/graphql/generated/graphql';
import { EmailLink } from '@/ui/EmailLink';
import { Moment } from '@/ui/Moment';
import { PhoneLink } from '@/ui/PhoneLink';
import { TextLink } from '@/ui/TextLink';
import { ClientLine } from './ClientLine';
import { OnlineBadge } from './OnlineBadge';
import { SourceLine } from './SourceLine';

const shownContacts = 3;

/** The rows of the visitor list. */
export function VisitorsTable({ visitors }: { visitors: VisitorListFieldsFragment[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="table-scroll" role="region" aria-label={t('visitors.list.title')} tabIndex={0}>
      <Table
        verticalSpacing="sm"
        horizontalSpacing="sm"
        highlightOnHover
        miw={940}
        style={{ verticalAlign: 'top' }}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th miw={170}>{t('visitors.list.visitor')}</Table.Th>
            <Table.Th miw={190}>{t('visitors.list.contacts')}</Table.Th>
            <Table.Th>{t('visitors.list.source')}</Table.Th>
            <Table.Th miw={165}>{t('visitors.list.device')}</Table.Th>
            <Table.Th ta="right">{t('visitors.list.visits')}</Table.Th>
            <Table.Th>{t('visitors.list.seen')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {visitors.map((visitor) => (
            <Table.Tr key={visitor.id}>
              <Table.Td maw={220}>
                <Group gap={6}>
                  <TextLink
                    to="/visitors/$visitorId"
                    params={{ visitorId: visitor.id }}
                    fw={600}
                    size="sm"
                    className="break"
                  >
                    {visitor.name || t('visitors.card.nameless', { id: visitor.id })}
                  </TextLink>
                  {visitor.isOnline && <OnlineBadge />}
                </Group>
              </Table.Td>
              <Table.Td maw={260}>
                <Stack gap={2} align="flex-start">
                  {visitor.contacts
                    .slice(0, shownContacts)
                    .map(({ kind, value }) =>
                      kind === 'PHONE' ? (
                        <PhoneLink key={value} phone={value} />
                      ) : (
                        <EmailLink key={value} email={value} />
                      ),
                    )}
                  {visitor.contacts.length > shownContacts && (
                    <Text size="xs" c="dimmed">
                      {t('visitors.list.moreContacts', { count: visitor.contacts.length - shownContacts })}
                    </Text>
                  )}
                  {visitor.contacts.length === 0 && <Text c="dimmed">—</Text>}
                </Stack>
              </Table.Td>
              <Table.Td maw={280}>
                <SourceLine source={visitor.lastSource} />
              </Table.Td>
              <Table.Td>
                <ClientLine client={visitor.client} place="city" />
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {format.number(visitor.sessionCount)}
                <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                  {t('visitors.list.pages', { count: visitor.hitCount })}
                </Text>
              </Table.Td>
              <Table.Td>
                <Moment at={visitor.lastSeenAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
