import { Button, Group, Table, Text } from '@mantine/core';
import { IconRefresh, IconScale } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { DayRange } from '@/features/reports/components/DayRange';
import type { Period } from '@/features/reports/period';
import { useToday } from '@/features/reports/hooks/useToday';
import { addDays } from '@/format/dates';
import { useFormat } from '@/format/useFormat';
import {
  IntegrationReconciliationDocument,
  type IntegrationReconciliationQuery,
} from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Panel } from '@/ui/Panel';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import { differenceOf } from '../check';
import type { Integration } from '../settings';
import { IntegrationProblem } from './IntegrationProblem';

/** Deals created in a period, counted here and at the system. */
export function CheckTab({ integration }: { integration: Integration }) {
  const { t } = useTranslation();
  const today = useToday();
  const [period, setPeriod] = useState<Period>({ from: addDays(today, -29), to: today });
  const [{ data, error, fetching, operation }, ask] = useQuery({
    query: IntegrationReconciliationDocument,
    variables: { id: integration.id, ...period },
    requestPolicy: 'network-only',
  });
  const asked = operation?.variables;
  const isOfNow = asked?.from === period.from && asked.to === period.to;
  const again = () => ask({ requestPolicy: 'network-only' });
  return (
    <Panel
      title={t('integrations.tab.check')}
      lead={t('integrations.check.lead')}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={fetching}
          onClick={again}
        >
          {t('integrations.check.again')}
        </Button>
      }
    >
      <DayRange
        period={period}
        fromLabel={t('integrations.check.from')}
        toLabel={t('integrations.check.to')}
        onChange={setPeriod}
      />
      {isOfNow && error ? (
        <IntegrationProblem error={error} onRetry={again} />
      ) : isOfNow && data ? (
        <CheckResult result={data.integrationReconciliation} />
      ) : (
        <RowsSkeleton rows={5} />
      )}
    </Panel>
  );
}

function CheckResult({ result }: { result: IntegrationReconciliationQuery['integrationReconciliation'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const different = result.rows.filter(({ here, there }) => here !== there).length;
  if (result.rows.length === 0) {
    return (
      <EmptyState
        icon={IconScale}
        title={t('integrations.check.emptyTitle')}
        text={t('integrations.check.emptyText')}
      />
    );
  }
  return (
    <>
      <Text role="status" fw={600} size="sm">
        {different === 0
          ? t('integrations.check.equal')
          : t('integrations.check.different', { count: different })}
      </Text>
      {different > 0 && (
        <Text size="sm" c="dimmed">
          {t('integrations.check.hint')}
        </Text>
      )}
      <div className="table-scroll" role="region" aria-label={t('integrations.check.table')} tabIndex={0}>
        <Table verticalSpacing="xs" miw={560}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('integrations.check.funnel')}</Table.Th>
              <Table.Th>{t('integrations.check.stage')}</Table.Th>
              <Table.Th ta="right">{t('integrations.check.here')}</Table.Th>
              <Table.Th ta="right">{t('integrations.check.there')}</Table.Th>
              <Table.Th>{t('integrations.check.difference')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {result.rows.map((row) => (
              <Table.Tr
                key={JSON.stringify([row.funnel, row.stage])}
                style={row.here === row.there ? undefined : { background: 'var(--app-hover)' }}
              >
                <Table.Td className="break">{row.funnel || '—'}</Table.Td>
                <Table.Td className="break">{row.stage || '—'}</Table.Td>
                <Table.Td ta="right" className="numeric">
                  {format.number(row.here)}
                </Table.Td>
                <Table.Td ta="right" className="numeric">
                  {format.number(row.there)}
                </Table.Td>
                <Table.Td>
                  <Difference here={row.here} there={row.there} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th colSpan={2} scope="row">
                {t('integrations.check.total')}
              </Table.Th>
              <Table.Td ta="right" className="numeric" fw={600}>
                {format.number(result.here)}
              </Table.Td>
              <Table.Td ta="right" className="numeric" fw={600}>
                {format.number(result.there)}
              </Table.Td>
              <Table.Td>
                <Difference here={result.here} there={result.there} />
              </Table.Td>
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </div>
    </>
  );
}

function Difference(row: { here: number; there: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { sign, count } = differenceOf(row);
  return (
    <Group gap={4} wrap="nowrap">
      <Text
        size="sm"
        fw={sign === 'equal' ? 400 : 600}
        c={sign === 'equal' ? 'dimmed' : 'var(--app-ink-orange)'}
      >
        {t(`integrations.difference.${sign}`, { number: format.number(count) })}
      </Text>
    </Group>
  );
}
