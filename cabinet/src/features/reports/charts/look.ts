/** Colours and lettering of charts, taken from the page's own. */
export interface ChartLook {
  text: string;
  dimmed: string;
  line: string;
  surface: string;
  font: string;
  palette: string[];
  /** Whether there is room for a phone's width only. */
  isNarrow: boolean;
}

const palettes = {
  light: ['#0f766e', '#c8620a', '#3450c4', '#b8245a', '#6b3fc9', '#5b6770', '#2b8a3e', '#a37200'],
  dark: ['#4fc7b4', '#ffa94d', '#91a7ff', '#f783ac', '#b197fc', '#adb5bd', '#8ce99a', '#ffe066'],
};

/** Reads the look of an element. */
export function lookOf(element: HTMLElement, scheme: 'light' | 'dark'): ChartLook {
  const style = getComputedStyle(element);
  const variable = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: variable('--mantine-color-text'),
    dimmed: variable('--mantine-color-dimmed'),
    line: variable('--app-line'),
    surface: variable('--app-surface'),
    font: style.fontFamily,
    palette: palettes[scheme],
    isNarrow: element.clientWidth < 500,
  };
}

/** What all charts have in common. */
export function frameOf(look: ChartLook, isMoving: boolean) {
  return {
    animation: isMoving,
    color: look.palette,
    textStyle: { fontFamily: look.font, color: look.text },
    tooltip: {
      backgroundColor: look.surface,
      borderColor: look.line,
      textStyle: { color: look.text, fontFamily: look.font },
    },
    legend: {
      textStyle: { color: look.text },
      top: 0,
      type: 'scroll',
      itemGap: 16,
      pageTextStyle: { color: look.text },
    },
  };
}

/** Lettering and lines of an axis. */
export function axisOf(look: ChartLook) {
  return {
    axisLabel: { color: look.dimmed, hideOverlap: true },
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { lineStyle: { color: look.line } },
    splitLine: { lineStyle: { color: look.line } },
    nameTextStyle: { color: look.dimmed },
  };
}
