import { Alert, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '@/features/reports/charts/Chart';
import { timeChart } from '@/features/reports/charts/options';
import { useFormat } from '@/format/useFormat';
import type { NumberPoolFieldsFragment, PoolFiguresQuery } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { IconChartBar } from '@tabler/icons-react';

type Figures = PoolFiguresQuery['poolFigures'];

interface PoolFiguresPanelProps {
  pool: NumberPoolFieldsFragment;
  figures: Figures;
  from: string;
  to: string;
}

/** How a pool does: now, day by day, and what its calls come to. */
export function PoolFiguresPanel({ pool, figures, from, to }: PoolFiguresPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const percent = (share: number) =>
    new Intl.NumberFormat(format.locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);
  const { numbers, held, visits, utilisation, calls, ambiguousCalls, ambiguousShare, recommendedNumbers } =
    figures;
  const missing = recommendedNumbers === null ? 0 : recommendedNumbers - numbers;
  const period = { site: pool.siteId, from, to };
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
        <Figure
          name={t('pools.figures.utilisation')}
          value={percent(utilisation)}
          about={t('pools.figures.held', { held, numbers, visits })}
        />
        <Figure
          name={t('pools.figures.recommended')}
          value={recommendedNumbers === null ? '—' : format.number(recommendedNumbers)}
          about={
            recommendedNumbers === null
              ? t('pools.figures.noVisits')
              : t('pools.figures.now', { count: numbers })
          }
        />
        <Figure
          name={t('pools.figures.calls')}
          value={format.number(calls)}
          about={
            <TextLink to="/calls" search={period} size="xs">
              {t('pools.figures.siteCalls')}
            </TextLink>
          }
        />
        <Figure
          name={t('pools.figures.ambiguous')}
          value={ambiguousShare === null ? '—' : percent(ambiguousShare)}
          about={
            ambiguousCalls > 0 ? (
              <TextLink to="/calls" search={{ ...period, methods: ['AMBIGUOUS'] }} size="xs">
                {t('pools.figures.ambiguousCalls', { count: ambiguousCalls })}
              </TextLink>
            ) : (
              t('pools.figures.noAmbiguous')
            )
          }
        />
      </SimpleGrid>
      {missing > 0 && (
        <Alert color="orange" variant="light" title={t('pools.figures.tooSmall', { count: missing })}>
          {t('pools.figures.tooSmallText')}
        </Alert>
      )}
      <Panel title={t('pools.figures.days')} lead={t('pools.figures.daysLead')}>
        {figures.days.length === 0 ? (
          <EmptyState icon={IconChartBar} title={t('pools.figures.emptyTitle')} />
        ) : (
          <Days pool={pool} figures={figures} />
        )}
      </Panel>
    </>
  );
}

interface FigureProps {
  name: string;
  value: string;
  about: React.ReactNode;
}

function Figure({ name, value, about }: FigureProps) {
  return (
    <Stack className="panel" gap={2}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz={26} fw={650} lh={1.2} className="numeric">
        {value}
      </Text>
      <Group gap={4}>
        <Text size="xs" c="dimmed" component="div">
          {about}
        </Text>
      </Group>
    </Stack>
  );
}

function Days({ pool, figures: { days } }: Pick<PoolFiguresPanelProps, 'pool' | 'figures'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const option = useMemo(
    () =>
      timeChart({
        points: days.map(({ date }) => format.day(date)),
        series: [
          {
            name: t('pools.figures.peak'),
            kind: 'bar',
            values: days.map(({ peak }) => peak),
            format: format.number,
          },
          {
            name: t('pools.figures.overflowed'),
            kind: 'line',
            values: days.map(({ overflowed }) => overflowed),
            format: format.number,
          },
          {
            name: t('pools.figures.refused'),
            kind: 'line',
            values: days.map(({ refused }) => refused),
            format: format.number,
          },
        ],
      }),
    [days, format, t],
  );
  return (
    <Chart title={t('pools.figures.days')} option={option} height={280}>
      <div className="table-scroll" role="region" aria-label={t('pools.figures.days')} tabIndex={0}>
        <Table miw={560}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('pools.figures.day')}</Table.Th>
              {(['leases', 'peak', 'overflowed', 'refused'] as const).map((name) => (
                <Table.Th key={name} ta="right">
                  {t(`pools.figures.${name}`)}
                </Table.Th>
              ))}
              <Table.Th ta="right">{t('pools.figures.calls')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.map((day) => (
              <Table.Tr key={day.date}>
                <Table.Td>{format.day(day.date)}</Table.Td>
                {(['leases', 'peak', 'overflowed', 'refused'] as const).map((name) => (
                  <Table.Td key={name} ta="right" className="numeric">
                    {format.number(day[name])}
                  </Table.Td>
                ))}
                <Table.Td ta="right">
                  <TextLink
                    to="/calls"
                    search={{ site: pool.siteId, from: day.date, to: day.date }}
                    size="sm"
                    aria-label={t('pools.figures.callsOf', { day: format.day(day.date) })}
                  >
                    {t('pools.figures.open')}
                  </TextLink>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Chart>
  );
}
