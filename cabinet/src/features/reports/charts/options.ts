import type { EChartsCoreOption } from 'echarts/core';
import { undefinedFigure } from '../figures';
import type { Figure } from '../rows';
import { axisOf, type ChartLook } from './look';

/** One run of figures in a chart. */
export interface Series {
  name: string;
  values: Figure[];
  kind: 'bar' | 'line';
  /** Has an axis of its own on the right. */
  isAside?: boolean;
  format: (value: number) => string;
}

const grid = { left: 8, right: 8, bottom: 4, top: 44, containLabel: true };
const valueText = (format: (value: number) => string) => (value: unknown) =>
  typeof value === 'number' ? format(value) : undefinedFigure;

/** Figures over time: bars and lines over named points. */
export function timeChart({ points, series }: { points: string[]; series: Series[] }) {
  return (look: ChartLook): EChartsCoreOption => ({
    tooltip: { ...tip(look), trigger: 'axis' },
    grid,
    xAxis: { type: 'category', data: points, ...axisOf(look), splitLine: { show: false } },
    yAxis: axesOf(series, look),
    series: series.map(({ name, values, kind, isAside, format }, index) => ({
      type: kind,
      name,
      data: values,
      yAxisIndex: isAside ? 1 : 0,
      symbol: ['circle', 'rect', 'triangle', 'diamond'][index % 4],
      symbolSize: 7,
      connectNulls: true,
      barMaxWidth: 28,
      tooltip: { valueFormatter: valueText(format) },
    })),
  });
}

function axesOf(series: Series[], look: ChartLook) {
  const first = series.find(({ isAside }) => !isAside);
  const aside = series.find(({ isAside }) => isAside);
  return [first, aside].flatMap((of, index) =>
    of
      ? [
          {
            type: 'value',
            minInterval: 1,
            ...axisOf(look),
            ...(index === 1 ? { splitLine: { show: false } } : {}),
            axisLabel: { color: look.dimmed, formatter: of.format, hideOverlap: true },
          },
        ]
      : [],
  );
}

/** Several figures for each of several names, side by side. */
export function groupedBars({ names, series }: { names: string[]; series: Series[] }) {
  return (look: ChartLook): EChartsCoreOption => ({
    tooltip: { ...tip(look), trigger: 'axis' },
    grid,
    xAxis: {
      type: 'category',
      data: names,
      ...axisOf(look),
      axisLabel: {
        color: look.dimmed,
        width: 110,
        overflow: 'truncate',
        interval: 0,
        rotate: names.length > (look.isNarrow ? 3 : 7) ? 35 : 0,
      },
      splitLine: { show: false },
    },
    yAxis: axesOf(series, look),
    series: series.map(({ name, values, format }) => ({
      type: 'bar',
      name,
      data: values,
      barMaxWidth: 36,
      tooltip: { valueFormatter: valueText(format) },
    })),
  });
}

/** One bar for each of several ranges. */
export function plainBars(names: string[], series: Series) {
  return (look: ChartLook): EChartsCoreOption => ({
    ...groupedBars({ names, series: [series] })(look),
    legend: { show: false },
    grid: { ...grid, top: 16 },
  });
}

/** How many pass each of several stages. */
export function funnelChart(stages: { name: string; value: number }[], format: (value: number) => string) {
  return (look: ChartLook): EChartsCoreOption => ({
    tooltip: { ...tip(look), trigger: 'item', valueFormatter: valueText(format) },
    legend: { show: false },
    series: [
      {
        type: 'funnel',
        sort: 'none',
        left: '4%',
        right: '4%',
        top: 8,
        bottom: 8,
        minSize: '12%',
        gap: 3,
        label: {
          position: 'inside',
          formatter: '{b}: {c}',
          color: '#fff',
          textBorderColor: 'rgba(0, 0, 0, 0.65)',
          textBorderWidth: 3,
          fontSize: 13,
        },
        itemStyle: { borderWidth: 0 },
        data: stages.map((stage, index) => ({
          ...stage,
          itemStyle: { color: look.palette[index % look.palette.length] },
        })),
      },
    ],
  });
}

/** A place on the way to a deal. */
export interface FlowNode {
  id: string;
  label: string;
  /** How many steps come before it. */
  depth: number;
}

/** How many went from one place to another. */
export interface FlowEdge {
  from: string;
  to: string;
  value: number;
}

/** Ways to deals, as bands between places. */
export function flowChart(nodes: FlowNode[], edges: FlowEdge[], format: (value: number) => string) {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  // The same word has the same colour at every step.
  const colors = [...new Set(nodes.map(({ label }) => label))];
  return (look: ChartLook): EChartsCoreOption => ({
    tooltip: {
      ...tip(look),
      trigger: 'item',
      valueFormatter: valueText(format),
    },
    legend: { show: false },
    series: [
      {
        type: 'sankey',
        left: 8,
        right: 150,
        top: 12,
        bottom: 12,
        nodeGap: 14,
        draggable: false,
        emphasis: { focus: 'adjacency' },
        label: {
          color: look.text,
          formatter: ({ name }: { name: string }) => labels.get(name) ?? name,
          width: 140,
          overflow: 'truncate',
        },
        lineStyle: { color: 'source', opacity: 0.35 },
        data: nodes.map(({ id, depth, label }) => ({
          name: id,
          depth,
          itemStyle: { color: look.palette[colors.indexOf(label) % look.palette.length] },
        })),
        links: edges.map(({ from, to, value }) => ({ source: from, target: to, value })),
      },
    ],
  });
}

function tip(look: ChartLook) {
  return {
    backgroundColor: look.surface,
    borderColor: look.line,
    textStyle: { color: look.text, fontFamily: look.font },
    confine: true,
  };
}
