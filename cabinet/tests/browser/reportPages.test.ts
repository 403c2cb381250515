import type { Page } from 'playwright-core';
import { emptyState, fullState } from './backend/state';
import { type PageCase, testPages } from './looks';

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
const dialog = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
  await page.getByRole('dialog').waitFor();
};
const expand = async (page: Page) => {
  await page
    .getByRole('button', { name: /^(Раскрыть|Open): (Платные клики|Paid)/ })
    .first()
    .click();
  await page.getByRole('rowheader', { name: 'yandex' }).waitFor();
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
    act: async (page) => {
      await page
        .getByRole('row', { name: /Платные клики|Paid clicks/ })
        .getByRole('button')
        .last()
        .click();
      await page.getByRole('dialog').waitFor();
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

testPages({ topic: 'reports', prefix: 'report-', cases, narrowest: 375 });
