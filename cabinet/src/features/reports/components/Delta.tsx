import { useTranslation } from 'react-i18next';
import { type Change, changeOf, moodOf } from '../figures';
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
  /** Whether more is neither better nor worse. */
  isNeutral?: boolean;
  /** Whether to say what the figure was. */
  hasBefore?: boolean;
}

/** How a figure differs from another: a sign and a number; colour only underlines it. */
export function Delta(props: DeltaProps) {
  const { metric, value, reference, difference = 'percent', isNeutral = false, hasBefore = false } = props;
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
      <span className={classes.delta} data-mood={isNeutral ? 'none' : moodOf(metric.id, change.absolute)}>
        {arrowOf(change)}
        {text}
      </span>
      {before && <span className={classes.before}>{before}</span>}
    </span>
  );
}

/** An arrow, unless the difference is too small to be written. */
function arrowOf({ absolute, percent }: Change): string {
  if (absolute === 0 || (percent !== null && Math.abs(percent) < 0.05)) {
    return '';
  }
  return absolute > 0 ? '▲ ' : '▼ ';
}
