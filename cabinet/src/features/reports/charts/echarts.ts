import { BarChart, FunnelChart, LineChart, SankeyChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

register([
  BarChart,
  FunnelChart,
  LineChart,
  SankeyChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  SVGRenderer,
]);

/** A picture inside an element. */
export interface Drawing {
  show: (option: EChartsCoreOption) => void;
  erase: () => void;
}

/** Begins to draw inside an element, and follows its size. */
export function drawIn(element: HTMLElement): Drawing {
  const chart = init(element, undefined, { renderer: 'svg' });
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(element);
  return {
    show: (option) => chart.setOption(option, { notMerge: true }),
    erase: () => {
      observer.disconnect();
      chart.dispose();
    },
  };
}
