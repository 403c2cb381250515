import {
  Badge,
  createTheme,
  type CSSVariablesResolver,
  Drawer,
  type MantineColorsTuple,
  Modal,
} from '@mantine/core';

const pine: MantineColorsTuple = [
  '#ecfbf8',
  '#d3f3ed',
  '#a9e6db',
  '#7ad8c8',
  '#4fc7b4',
  '#2fb09d',
  '#1b9483',
  '#0f766e',
  '#0d5f59',
  '#0a4a46',
];

const dark: MantineColorsTuple = [
  '#e3e8ec',
  '#c3cbd2',
  '#9aa5af',
  '#75818c',
  '#4b5761',
  '#36404a',
  '#283038',
  '#1d242b',
  '#161c22',
  '#0f1418',
];

/** The product's look: system fonts, quiet greys, one green. */
export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  colors: { pine, dark },
  defaultRadius: 'md',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.6rem', lineHeight: '1.25' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: Modal.extend({ styles: { title: { fontWeight: 650, fontSize: '1.1rem' } } }),
    Drawer: Drawer.extend({ styles: { title: { fontWeight: 650, fontSize: '1.1rem' } } }),
    // States are short words: never cut, never shouted.
    Badge: Badge.extend({
      defaultProps: { variant: 'light', tt: 'none' },
      styles: { root: { flex: 'none' }, label: { overflow: 'visible' } },
    }),
  },
});

const tinted = [
  'pine',
  'blue',
  'grape',
  'orange',
  'red',
  'green',
  'yellow',
  'cyan',
  'indigo',
  'pink',
  'teal',
  'gray',
  'violet',
];

/** Text colours dark (or light) enough for WCAG AA on their backgrounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56616b',
    '--mantine-color-placeholder': '#6b7680',
    '--mantine-color-error': '#c22525',
    '--mantine-color-anchor': 'var(--mantine-color-pine-8)',
    '--app-canvas': '#f6f8f9',
    '--app-surface': '#ffffff',
    '--app-line': '#dfe5e9',
    '--app-hover': '#eef2f4',
    ...Object.fromEntries(
      tinted.map((color) => [`--mantine-color-${color}-light-color`, `var(--app-ink-${color})`]),
    ),
    ...ink('light'),
  },
  dark: {
    '--mantine-color-body': 'var(--mantine-color-dark-8)',
    '--mantine-color-dimmed': '#a5b0ba',
    '--mantine-color-placeholder': '#8f9ba6',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-anchor': 'var(--mantine-color-pine-4)',
    '--app-canvas': '#11171c',
    '--app-surface': '#1a2127',
    '--app-line': '#303a43',
    '--app-hover': '#232c34',
    ...Object.fromEntries(
      tinted.map((color) => [`--mantine-color-${color}-light-color`, `var(--app-ink-${color})`]),
    ),
    ...ink('dark'),
  },
});

/** Ink of tinted badges and buttons, by scheme. */
function ink(scheme: 'light' | 'dark'): Record<string, string> {
  const shades: Record<string, [light: string, dark: string]> = {
    pine: ['#0b554f', '#7ad8c8'],
    teal: ['#066046', '#63e6be'],
    green: ['#216a2e', '#8ce99a'],
    blue: ['#134b85', '#a5d8ff'],
    indigo: ['#2f3fa8', '#bac8ff'],
    violet: ['#5530b3', '#d0bfff'],
    grape: ['#76268a', '#eebefa'],
    pink: ['#9c1f50', '#fcc2d7'],
    red: ['#a61e1e', '#ffa8a8'],
    orange: ['#95390a', '#ffc078'],
    yellow: ['#7a4a00', '#ffe066'],
    cyan: ['#0b5563', '#99e9f2'],
    gray: ['#434c54', '#c3cbd2'],
  };
  return Object.fromEntries(
    Object.entries(shades).map(([color, [light, dark]]) => [
      `--app-ink-${color}`,
      scheme === 'light' ? light : dark,
    ]),
  );
}
