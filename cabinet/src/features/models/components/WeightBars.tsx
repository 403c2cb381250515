import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import classes from './WeightBars.module.css';

const [width, height, gap, top, bottom] = [52, 74, 6, 14, 14];

interface WeightBarsProps {
  weights: number[];
  /** Names of the bars; their numbers when absent. */
  labels?: string[];
}

/** How a deal is divided: a bar for each touch or channel, with its part. */
export function WeightBars({ weights, labels }: WeightBarsProps) {
  const { t } = useTranslation();
  const { locale } = useFormat();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const nameOf = (index: number) => labels?.[index] ?? String(index + 1);
  const room = height - top - bottom;
  const summary = weights.map((weight, i) => `${nameOf(i)}: ${percent.format(weight)}`).join(', ');
  return (
    <svg
      className={classes.picture}
      style={{ maxWidth: weights.length * 56 }}
      viewBox={`0 0 ${weights.length * (width + gap) - gap} ${height}`}
      role="img"
      aria-label={t('models.picture.label', { parts: summary })}
    >
      {weights.map((weight, i) => {
        const x = i * (width + gap);
        const size = Math.max(weight > 0 ? 1.5 : 0, weight * room);
        return (
          <g key={i}>
            <rect className={classes.ground} x={x} y={top} width={width} height={room} rx={3} />
            <rect
              className={classes.bar}
              x={x}
              y={top + room - size}
              width={width}
              height={size}
              rx={Math.min(3, size / 2)}
            />
            <text className={classes.value} x={x + width / 2} y={top - 4} textAnchor="middle">
              {percent.format(weight)}
            </text>
            <text className={classes.label} x={x + width / 2} y={height - 3} textAnchor="middle">
              {nameOf(i)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
