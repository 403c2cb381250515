import { Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { useFormat } from '@/format/useFormat';
import type { DealAttributionQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { formatShare, sumAmounts } from '../shares';
import classes from './AttributionTouches.module.css';
import { MatchText } from './MatchText';

interface AttributionTouchesProps {
  touches: DealAttributionQuery['deal']['attribution']['touches'];
  currency: string;
}

/** The visits that share in a deal, with their parts and the sums. */
export function AttributionTouches({ touches, currency }: AttributionTouchesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const weight = touches.reduce((sum, touch) => sum + touch.weight, 0);
  const amount = sumAmounts(touches.map(({ revenue }) => revenue.amount));
  return (
    <div className="table-scroll" role="region" aria-label={t('deals.attribution.table')} tabIndex={0}>
      <Table verticalSpacing="xs" miw={560} style={{ verticalAlign: 'top' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('deals.attribution.touch')}</Table.Th>
            <Table.Th>{t('deals.attribution.source')}</Table.Th>
            <Table.Th>{t('deals.attribution.share')}</Table.Th>
            <Table.Th ta="right">{t('deals.list.amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {touches.map((touch, index) => (
            <Table.Tr key={index}>
              <Table.Td>
                <Text size="sm" component="div">
                  <Moment at={touch.at} />
                </Text>
                <Text size="xs" c="dimmed">
                  {t(touch.communicationId === null ? 'deals.path.visit' : 'deals.attribution.communication')}
                </Text>
              </Table.Td>
              <Table.Td maw={320}>
                {touch.source ? <SourceLine source={touch.source} /> : '—'}
                {touch.campaign && (
                  <Text size="sm" className="break">
                    {touch.campaign.name}
                  </Text>
                )}
                {touch.keyword !== '' && (
                  <Text size="xs" c="dimmed" className="break">
                    {t('deals.attribution.keyword', { keyword: touch.keyword })}
                  </Text>
                )}
                <MatchText by={touch.matchedBy} />
              </Table.Td>
              <Table.Td>
                <Group gap={8} wrap="nowrap">
                  <div className={classes.track} aria-hidden>
                    {touch.weight > 0 && (
                      <div
                        className={classes.bar}
                        style={{ width: `${Math.min(100, touch.weight * 100)}%` }}
                      />
                    )}
                  </div>
                  <span className="numeric">{formatShare(touch.weight, format.locale)}</span>
                </Group>
              </Table.Td>
              <Table.Td ta="right" className="numeric" style={{ whiteSpace: 'nowrap' }}>
                {format.money(touch.revenue)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row" colSpan={2}>
              {t('deals.attribution.total')}
            </Table.Th>
            <Table.Td className="numeric" fw={600}>
              <Group gap={8} wrap="nowrap">
                <div className={classes.gap} />
                {formatShare(weight, format.locale)}
              </Group>
            </Table.Td>
            <Table.Td ta="right" className="numeric" fw={600}>
              {format.money({ amount, currency })}
            </Table.Td>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </div>
  );
}
