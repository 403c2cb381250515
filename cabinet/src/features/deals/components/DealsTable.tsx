import { Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { CrmTerms, DealListFieldsFragment } from '@/graphql/generated/graphql';
import { EmailLink } from '@/ui/EmailLink';
import { Moment } from '@/ui/Moment';
import { PhoneLink } from '@/ui/PhoneLink';
import { TextLink } from '@/ui/TextLink';
import { StageBadge } from './StageBadge';

/** The rows of the list of deals. */
export function DealsTable({ deals, terms }: { deals: DealListFieldsFragment[]; terms: CrmTerms }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="table-scroll" role="region" aria-label={t(`deals.terms.title.${terms}`)} tabIndex={0}>
      <Table
        verticalSpacing="sm"
        horizontalSpacing="md"
        highlightOnHover
        miw={900}
        style={{ verticalAlign: 'top' }}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t(`deals.terms.one.${terms}`)}</Table.Th>
            <Table.Th>{t('deals.list.created')}</Table.Th>
            <Table.Th>{t('deals.list.stage')}</Table.Th>
            <Table.Th ta="right">{t('deals.list.amount')}</Table.Th>
            <Table.Th>{t(`deals.terms.contact.${terms}`)}</Table.Th>
            <Table.Th>{t('deals.list.employee')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deals.map((deal) => (
            <Table.Tr key={deal.id}>
              <Table.Td maw={280}>
                <TextLink
                  to="/deals/$dealId"
                  params={{ dealId: deal.id }}
                  size="sm"
                  fw={600}
                  className="break"
                >
                  {deal.name || deal.externalId}
                </TextLink>
                <Text size="xs" c="dimmed" className="mono break">
                  {deal.externalId}
                </Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <Moment at={deal.createdAt} />
              </Table.Td>
              <Table.Td maw={240}>
                <StageBadge name={deal.stage.name} status={deal.status} />
                <Text size="xs" c="dimmed" className="break" mt={2}>
                  {deal.funnel.name}
                </Text>
              </Table.Td>
              <Table.Td ta="right" className="numeric" style={{ whiteSpace: 'nowrap' }}>
                {format.money(deal.revenue)}
              </Table.Td>
              <Table.Td maw={220}>
                {deal.contact ? (
                  <Stack gap={2} align="flex-start">
                    <Text size="sm" className="break">
                      {deal.contact.name}
                    </Text>
                    {deal.contact.phones.slice(0, 1).map((phone) => (
                      <PhoneLink key={phone} phone={phone} />
                    ))}
                    {deal.contact.phones.length === 0 &&
                      deal.contact.emails.slice(0, 1).map((email) => <EmailLink key={email} email={email} />)}
                  </Stack>
                ) : (
                  <Text c="dimmed">—</Text>
                )}
              </Table.Td>
              <Table.Td maw={180} className="break">
                {deal.employee?.name ?? <Text c="dimmed">—</Text>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
