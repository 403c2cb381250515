import { Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { useFormat } from '@/format/useFormat';
import type { CommunicationListFieldsFragment } from '@/graphql/generated/graphql';
import { EmailLink } from '@/ui/EmailLink';
import { Moment } from '@/ui/Moment';
import { PhoneLink } from '@/ui/PhoneLink';
import { TextLink } from '@/ui/TextLink';
import { summaryOf } from '../summary';
import { KindBadge } from './KindBadge';

interface CommunicationsTableProps {
  communications: CommunicationListFieldsFragment[];
  onOpen: (id: string) => void;
}

/** The rows of the communication list. */
export function CommunicationsTable({ communications, onOpen }: CommunicationsTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="table-scroll" role="region" aria-label={t('communications.list.title')} tabIndex={0}>
      <Table
        verticalSpacing="sm"
        horizontalSpacing="md"
        highlightOnHover
        miw={860}
        style={{ verticalAlign: 'top' }}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('communications.list.when')}</Table.Th>
            <Table.Th>{t('communications.list.kind')}</Table.Th>
            <Table.Th>{t('communications.list.who')}</Table.Th>
            <Table.Th>{t('communications.list.what')}</Table.Th>
            <Table.Th>{t('communications.list.source')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {communications.map((c) => (
            <Table.Tr key={c.id}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <UnstyledButton
                  fz="sm"
                  fw={600}
                  c="var(--mantine-color-anchor)"
                  aria-haspopup="dialog"
                  onClick={() => onOpen(c.id)}
                >
                  <Moment at={c.at} />
                </UnstyledButton>
              </Table.Td>
              <Table.Td>
                <KindBadge kind={c.kind} />
              </Table.Td>
              <Table.Td maw={240}>
                <Stack gap={2} align="flex-start">
                  {c.visitorId ? (
                    <TextLink
                      to="/visitors/$visitorId"
                      params={{ visitorId: c.visitorId }}
                      size="sm"
                      fw={600}
                      className="break"
                    >
                      {c.name || t('visitors.card.nameless', { id: c.visitorId })}
                    </TextLink>
                  ) : (
                    <Text size="sm" fw={600} className="break">
                      {c.name || t('communications.details.noVisitor')}
                    </Text>
                  )}
                  {c.phone && <PhoneLink phone={c.phone} />}
                  {c.email && <EmailLink email={c.email} />}
                </Stack>
              </Table.Td>
              <Table.Td maw={320}>
                <Text size="sm" lineClamp={3} className="break">
                  {summaryOf(c, t) || '—'}
                </Text>
                {c.saleAmount && (
                  <Text size="sm" fw={600}>
                    {format.money(c.saleAmount)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td maw={260}>
                {c.source ? <SourceLine source={c.source} /> : '—'}
                {c.campaign && (
                  <Text size="xs" c="dimmed" className="break">
                    {c.campaign.name}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
