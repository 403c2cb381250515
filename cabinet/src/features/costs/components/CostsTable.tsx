import { Badge, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { sumAmounts } from '@/features/deals/shares';
import { useFormat } from '@/format/useFormat';
import type { UploadCampaignCostsMutation } from '@/graphql/generated/graphql';

type Cost = UploadCampaignCostsMutation['uploadCampaignCosts']['costs'][number];

/** What a file says, line by line. */
export function CostsTable({ costs }: { costs: Cost[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const currency = costs[0]?.amount.currency;
  const count = (value: number) => (value > 0 ? format.number(value) : '—');
  return (
    <div className="table-scroll" role="region" aria-label={t('costs.preview.title')} tabIndex={0}>
      <Table miw={720} verticalSpacing={6} stickyHeader={false}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('costs.problems.line')}</Table.Th>
            <Table.Th>{t('costs.preview.campaign')}</Table.Th>
            <Table.Th>{t('costs.preview.period')}</Table.Th>
            <Table.Th ta="right">{t('costs.preview.amount')}</Table.Th>
            <Table.Th ta="right">{t('costs.preview.clicks')}</Table.Th>
            <Table.Th ta="right">{t('costs.preview.impressions')}</Table.Th>
            <Table.Th>{t('costs.preview.what')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {costs.map((cost) => (
            <Table.Tr key={cost.line}>
              <Table.Td className="numeric">{cost.line}</Table.Td>
              <Table.Td maw={280} className="break">
                {cost.campaign.name}
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {cost.from === cost.to
                  ? format.day(cost.from)
                  : `${format.day(cost.from)} – ${format.day(cost.to)}`}
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {format.money(cost.amount)}
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {count(cost.clicks)}
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {count(cost.impressions)}
              </Table.Td>
              <Table.Td>
                <Badge color={cost.replaces ? 'orange' : 'green'}>
                  {t(cost.replaces ? 'costs.preview.replaces' : 'costs.preview.adds')}
                </Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        {currency !== undefined && (
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th scope="row" colSpan={3}>
                {t('costs.preview.total')}
              </Table.Th>
              <Table.Td ta="right" className="numeric" fw={600}>
                {format.money({ amount: sumAmounts(costs.map(({ amount }) => amount.amount)), currency })}
              </Table.Td>
              <Table.Td colSpan={3} />
            </Table.Tr>
          </Table.Tfoot>
        )}
      </Table>
    </div>
  );
}
