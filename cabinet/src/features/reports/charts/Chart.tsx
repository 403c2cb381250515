import { Text, useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import type { EChartsCoreOption } from 'echarts/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Chart.module.css';
import type { Drawing } from './echarts';
import { type ChartLook, frameOf, lookOf } from './look';

interface ChartProps {
  title: string;
  height?: number;
  /** Narrowest it can be drawn; it scrolls sideways on screens narrower still. */
  minWidth?: number;
  /** What to draw; the same function as long as the data are the same. */
  option: (look: ChartLook) => EChartsCoreOption;
  /** Whether the table is open from the start. */
  isOpen?: boolean;
  /** The same data as a table. */
  children: ReactNode;
}

/** A chart with its data as a table below. The drawing library is fetched when the first chart is shown. */
export function Chart(props: ChartProps) {
  const { title, height = 320, minWidth, option, isOpen = false, children } = props;
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const isReduced = useReducedMotion();
  const host = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing>();
  const [hasFailed, setHasFailed] = useState(false);

  useEffect(() => {
    let begun: Drawing | undefined;
    let isGone = false;
    import('./echarts').then(
      ({ drawIn }) => {
        if (!isGone && host.current) {
          begun = drawIn(host.current);
          setDrawing(begun);
        }
      },
      () => setHasFailed(true),
    );
    return () => {
      isGone = true;
      begun?.erase();
    };
  }, []);

  useEffect(() => {
    if (drawing && host.current) {
      const look = lookOf(host.current, scheme);
      drawing.show({ ...frameOf(look, !isReduced), ...option(look) });
    }
  }, [drawing, option, scheme, isReduced]);

  return (
    <figure className={classes.figure}>
      {hasFailed ? (
        <Text c="dimmed" size="sm">
          {t('reports.chart.failed')}
        </Text>
      ) : (
        <Scrolled title={title} isWide={minWidth !== undefined}>
          <div
            ref={host}
            role="img"
            aria-label={t('reports.chart.label', { title })}
            aria-busy={drawing === undefined || undefined}
            className={classes.chart}
            style={{ height, minWidth }}
          />
        </Scrolled>
      )}
      <details className={classes.details} open={isOpen}>
        <summary>{t('reports.chart.table')}</summary>
        {children}
      </details>
    </figure>
  );
}

/** Lets a wide chart scroll sideways, by keyboard, too. */
function Scrolled({ title, isWide, children }: { title: string; isWide: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  return isWide ? (
    <div className="table-scroll" role="region" aria-label={t('reports.chart.area', { title })} tabIndex={0}>
      {children}
    </div>
  ) : (
    children
  );
}
