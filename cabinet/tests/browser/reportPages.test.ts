import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from './backend/server';
import { emptyState, fullState, type State } from './backend/state';
import { expectAccessible, launch, openWindow, screenshots, settled, type Window } from './browser';

interface PageCase {
  name: string;
  path: string;
  state: () => State;
  /** Does something before the page is looked at. */
  act?: (window: Window) => Promise<void>;
}

const full = () => ({ ...fullState(), signedIn: '1' });
const empty = () => ({ ...emptyState(), signedIn: '1' });
const failing = (operation: string) => () => {
  const state = full();
  state.failing.set(operation, { code: 'INTERNAL', requestId: 'req-42' });
  return state;
};
const appointments = () => {
  const state = full();
  state.reports.terms = 'APPOINTMENTS';
  return state;
};
const dialog = (name: RegExp) => async (window: Window) => {
  await window.page.getByRole('button', { name }).first().click();
  await window.page.getByRole('dialog').waitFor();
};
const expand = async (window: Window) => {
  await window.page
    .getByRole('button', { name: /^(Раскрыть|Open): (Платные клики|Paid)/ })
    .first()
    .click();
  await window.page.getByRole('rowheader', { name: 'yandex' }).waitFor();
};
const filter = encodeURIComponent(
  '{"any":[["channel","IS","paid","organic"],{"all":[["source","CONTAINS","ya"],["campaign","NOT_EMPTY"]]}]}',
);

const cases: PageCase[] = [
  { name: 'AN-2 end-to-end', path: '/reports/end-to-end', state: full, act: expand },
  {
    name: 'AN-2 end-to-end compared',
    path: '/reports/end-to-end?compare=previous&cols=visits,cost,cpa,deals,revenue&sort=visits',
    state: full,
  },
  { name: 'AN-2 end-to-end empty', path: '/reports/end-to-end', state: empty },
  { name: 'AN-2 end-to-end error', path: '/reports/end-to-end', state: failing('Report') },
  { name: 'AN-2 columns', path: '/reports/end-to-end', state: full, act: dialog(/^(Столбцы|Columns)$/) },
  {
    name: 'AN-2 filter',
    path: `/reports/end-to-end?filter=${filter}`,
    state: full,
    act: dialog(/^(Условия|Conditions): 3$/),
  },
  { name: 'AN-2 settings', path: '/reports/end-to-end', state: full, act: dialog(/^(Расчёт|Calculation)$/) },
  {
    name: 'AN-2 drill-down',
    path: '/reports/end-to-end?cols=visits,deals.linear',
    state: full,
    act: async (window) => {
      await window.page
        .getByRole('row', { name: /Платные клики|Paid clicks/ })
        .getByRole('button')
        .last()
        .click();
      await window.page.getByRole('dialog').waitFor();
    },
  },
  { name: 'summary', path: '/reports/summary', state: full },
  { name: 'AN-1 deal totals', path: '/reports/deals', state: full },
  { name: 'AN-1 deal table', path: '/reports/deals?tab=table', state: full },
  { name: 'AN-1 dynamics', path: '/reports/deals?tab=dynamics', state: full },
  { name: 'AN-1 AN-5 funnel', path: '/reports/deals?tab=funnel', state: full },
  { name: 'AN-1 funnel without deals', path: '/reports/deals?tab=funnel', state: empty },
  { name: 'AN-1 cycle', path: '/reports/deals?tab=cycle', state: full },
  { name: 'AN-1 AN-6 employees', path: '/reports/deals?tab=employees', state: full },
  { name: 'AN-1 list of deals', path: '/reports/deals?tab=list', state: full },
  { name: 'AN-3 associated', path: '/reports/associated', state: full },
  { name: 'AN-3 paths', path: '/reports/associated?tab=paths', state: full },
  { name: 'AN-3 paths empty', path: '/reports/associated?tab=paths', state: empty },
  { name: 'AN-3 paths error', path: '/reports/associated?tab=paths', state: failing('ReportPaths') },
  {
    name: 'AN-4 models',
    path: '/reports/models?models=last_click,first_click,linear&base=last_click&period=days90',
    state: full,
  },
  { name: 'AN-4 models empty', path: '/reports/models', state: empty },
  { name: 'IC-7 appointments', path: '/reports/deals?tab=table', state: appointments },
];

/** Colours do not depend on the language, nor texts on the colours: two looks show both of each. */
const looks = [
  { scheme: 'light', language: 'ru' },
  { scheme: 'dark', language: 'en' },
] as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const fileOf = (name: string, look: string) =>
  join(screenshots, `report-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${look}.png`);

describe.each(looks)('every report is accessible and quiet: $scheme, $language', ({ scheme, language }) => {
  test.each(cases)('$name', async ({ name, path, state, act }) => {
    const start = state();
    start.users.forEach((user) => (user.language = language === 'ru' ? 'RU' : 'EN'));
    const server = await startServer(start);
    const window = await openWindow(browser, { scheme, language });
    try {
      await window.page.goto(server.url + path);
      await settled(window.page);
      await act?.(window);
      await settled(window.page);
      expect(await window.page.title()).toMatch(/^.+ · Skvoz$/);
      await window.page.screenshot({ path: fileOf(name, scheme), fullPage: true });
      await expectAccessible(window.page, name);
      expect(window.errors).toEqual([]);
    } finally {
      await window.close();
      await server.close();
    }
  });
});

test.each(cases)('$name fits a screen of 375 pixels', async ({ name, path, state, act }) => {
  const server = await startServer(state());
  const window = await openWindow(browser, { width: 375, height: 740 });
  try {
    await window.page.goto(server.url + path);
    await settled(window.page);
    await act?.(window);
    await settled(window.page);
    await window.page.screenshot({ path: fileOf(name, 'narrow'), fullPage: true });
    const overflow = await window.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
  } finally {
    await window.close();
    await server.close();
  }
});
