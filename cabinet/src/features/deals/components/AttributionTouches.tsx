import { Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { useFormat } from '@/format/useFormat';
import type { DealAttributionQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { formatShare, sumAmounts } from '../shares';
import classes from './AttributionTouches.module.css';
import { MatchText } from './MatchText';

type Touch = DealAttributionQuery['deal']['attribution']['touches'][number];

interface AttributionTouchesProps {
  touches: Touch[];
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
      <Table verticalSpacing="xs" horizontalSpacing={6} style={{ verticalAlign: 'top' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('deals.attribution.touch')}</Table.Th>
            <Table.Th className={classes.share}>{t('deals.attribution.share')}</Table.Th>
            <Table.Th ta="right">{t('deals.list.amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {touches.map((touch, index) => (
            <Table.Tr key={index}>
              <Table.Td>
                <TouchText touch={touch} />
              </Table.Td>
              <Table.Td className={classes.share}>
                <span className="numeric">{formatShare(touch.weight, format.locale)}</span>
                <div className={classes.track} aria-hidden>
                  {touch.weight > 0 && (
                    <div className={classes.bar} style={{ width: `${Math.min(100, touch.weight * 100)}%` }} />
                  )}
                </div>
              </Table.Td>
              <Table.Td ta="right" className="numeric" style={{ whiteSpace: 'nowrap' }}>
                {format.money(touch.revenue)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row">{t('deals.attribution.total')}</Table.Th>
            <Table.Td className="numeric" fw={600}>
              {formatShare(weight, format.locale)}
            </Table.Td>
            <Table.Td ta="right" className="numeric" fw={600} style={{ whiteSpace: 'nowrap' }}>
              {format.money({ amount, currency })}
            </Table.Td>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </div>
  );
}

function TouchText({ touch }: { touch: Touch }) {
  const { t } = useTranslation();
  const { at, communicationId, source, campaign, keyword, matchedBy } = touch;
  return (
    <>
      <Group gap={8}>
        <Text size="sm" fw={600} component="span">
          <Moment at={at} />
        </Text>
        <Text size="xs" c="dimmed" component="span">
          {t(communicationId === null ? 'deals.path.visit' : 'deals.attribution.communication')}
        </Text>
      </Group>
      {source && <SourceLine source={source} />}
      {campaign && (
        <Text size="sm" className="break">
          {campaign.name}
        </Text>
      )}
      {keyword !== '' && (
        <Text size="xs" c="dimmed" className="break">
          {t('deals.attribution.keyword', { keyword })}
        </Text>
      )}
      <MatchText by={matchedBy} />
    </>
  );
}
