import { useTranslation } from 'react-i18next';
import { changeOf, moodOf } from '../figures';
import { useFigures } from '../hooks/useFigures';
import type { Metric } from '../request';
import type { Figure } from '../rows';
import type { Difference } from '../state';
import classes from './ReportTable.module.css';

interface DeltaProps {
  metric: Pick<Metric, 'id' | 'type'>;
  value: Figure;
  reference: Figure | undefined;
  difference?: Difference;
  /** Whether to say what the figure was. */
  hasBefore?: boolean;
}

/** How a figure differs from another: a sign and a number; colour only underlines it. */
export function Delta({ metric, value, reference, difference = 'percent', hasBefore = false }: DeltaProps) {
  const { t } = useTranslation();
  const format = useFigures();
  const change = changeOf(value, reference);
  const before =
    hasBefore && reference !== undefined
      ? t('reports.table.was', { value: format.figure(reference, metric.type) })
      : undefined;
  if (!change) {
    return before === undefined ? null : <span className={classes.before}>{before}</span>;
  }
  const text =
    difference === 'absolute' || change.percent === null
      ? format.signed(change.absolute, metric.type)
      : format.signedPercent(change.percent);
  return (
    <span className={classes.change}>
      <span className={classes.delta} data-mood={moodOf(metric.id, change.absolute)}>
        {change.absolute > 0 ? '▲ ' : change.absolute < 0 ? '▼ ' : ''}
        {text}
      </span>
      {before && <span className={classes.before}>{before}</span>}
    </span>
  );
}
