import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportPathsQuery } from '@/graphql/generated/graphql';
import { Chart } from '../charts/Chart';
import { plainBars } from '../charts/options';
import { useFigures } from '../hooks/useFigures';
import { useReportWords } from '../hooks/useReportWords';
import { DataTable } from './DataTable';
import { FigureButton } from './FigureButton';

type Buckets = ReportPathsQuery['reportPaths']['lengths'];

interface BucketChartProps {
  title: string;
  /** What the ranges are of. */
  name: string;
  buckets: Buckets;
  of: 'days' | 'visits';
  /** Opens the deals of a range. */
  onDrill: (bucket: Buckets[number], label: string) => void;
}

/** A distribution of deals over ranges. */
export function BucketChart({ title, name, buckets, of, onDrill }: BucketChartProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFigures();
  const deals = words.term('reports.paths.deals');
  const names = useMemo(
    () =>
      buckets.map(({ from, to }) =>
        to === null
          ? t(of === 'days' ? 'reports.value.daysFrom' : 'reports.value.visitsFrom', { from })
          : to === from
            ? t(of === 'days' ? 'reports.value.days' : 'reports.value.visits', { count: from })
            : t(of === 'days' ? 'reports.value.dayRange' : 'reports.value.visitRange', { from, to }),
      ),
    [buckets, of, t],
  );
  const option = useMemo(
    () =>
      plainBars(names, {
        name: deals,
        values: buckets.map((bucket) => bucket.deals),
        kind: 'bar',
        format: (value) => format.figure(value, 'COUNT'),
      }),
    [names, buckets, deals, format],
  );
  return (
    <Chart title={title} option={option} height={260}>
      <DataTable
        title={title}
        head={[name, deals, t('reports.paths.revenue')]}
        rows={buckets.map((bucket, index) => ({
          key: String(bucket.from),
          cells: [
            names[index],
            <FigureButton
              key="deals"
              value={bucket.deals}
              type="COUNT"
              onDrill={() => onDrill(bucket, names[index] ?? '')}
            />,
            format.money(bucket.revenue),
          ],
        }))}
      />
    </Chart>
  );
}
