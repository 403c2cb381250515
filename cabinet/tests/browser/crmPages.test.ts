import type { Page } from 'playwright-core';
import { newCrm } from './backend/crm';
import { fullState, type State } from './backend/state';
import { type PageCase, testPages } from './looks';

const make = (isEmpty: boolean) => (): State => ({
  ...fullState(),
  tokens: isEmpty ? [] : withKey(),
  signedIn: '1',
  crm: newCrm(isEmpty),
});
const withKey = () => {
  const [token, ...rest] = fullState().tokens;
  return token ? [{ ...token, id: '29', name: '1С', scopes: ['DATA_API'] }, token, ...rest] : rest;
};
const full = make(false);
const empty = make(true);
const failing = (operation: string) => () => {
  const state = full();
  state.failing.set(operation, { code: 'INTERNAL', requestId: 'req-42' });
  return state;
};
const refused = () => {
  const state = full();
  const text = 'deals.17.stage_ext_id: no such stage in the funnel “sales”; create it first';
  Object.assign(state.crm?.crm.dealsLoad ?? {}, { state: 'ERROR', error: text });
  return state;
};
const working = () => {
  const state = full();
  Object.assign(state.crm?.crm ?? {}, { dealsInProcessing: 12 });
  Object.assign(state.crm?.crm.dealsLoad ?? {}, { state: 'IN_PROCESS' });
  return state;
};
const appointments = () => {
  const state = full();
  Object.assign(state.crm?.crm ?? {}, { terms: 'APPOINTMENTS' });
  return state;
};
const dialog = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
  await page.getByRole('dialog').waitFor();
};
const upload = (text: string) => async (page: Page) => {
  const file = { name: 'costs.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('costs.csv').waitFor();
};

const cases: PageCase[] = [
  { name: 'OC-1 integrations', path: '/integrations', state: full },
  { name: 'OC-1 integrations before connecting', path: '/integrations', state: empty },
  { name: 'OC-1 integrations error', path: '/integrations', state: failing('Crms') },
  { name: 'OC-1 OC-2 OC-3 OC-4 other crm', path: '/integrations/other-crm', state: full },
  { name: 'OC-1 other crm nothing passed', path: '/integrations/other-crm', state: empty },
  { name: 'OC-1 other crm refused', path: '/integrations/other-crm', state: refused },
  { name: 'OC-1 other crm working', path: '/integrations/other-crm', state: working },
  { name: 'OC-1 data api', path: '/account/data-api', state: full },
  { name: 'OC-1 data api empty', path: '/account/data-api', state: empty },
  { name: 'OC-1 data api error', path: '/account/data-api', state: failing('DataApiCalls') },
  {
    name: 'OC-1 data api key',
    path: '/account/data-api',
    state: full,
    act: dialog(/Создать ключ|Make a token/),
  },
  { name: 'OC-1 deals', path: '/deals', state: full },
  { name: 'OC-1 deals empty', path: '/deals', state: empty },
  { name: 'OC-1 deals error', path: '/deals', state: failing('Deals') },
  { name: 'OC-1 deals appointments', path: '/deals', state: appointments },
  { name: 'AN-7 deal', path: '/deals/700?model=w_shaped', state: full },
  { name: 'AN-7 deal without source', path: '/deals/701', state: full },
  { name: 'AN-7 deal ambiguous', path: '/deals/702', state: full },
  { name: 'AN-7 deal missing', path: '/deals/1', state: full },
  { name: 'costs', path: '/costs', state: full },
  { name: 'costs preview', path: '/costs', state: full, act: upload('fine') },
  { name: 'costs problems', path: '/costs', state: full, act: upload('wrong') },
  { name: 'AN-4 models guide', path: '/reports/models-guide', state: full },
  { name: 'AN-4 models guide empty', path: '/reports/models-guide', state: empty },
  {
    name: 'AN-4 own model',
    path: '/reports/models-guide',
    state: full,
    act: dialog(/Создать модель|Make a model/),
  },
];

testPages({ topic: 'deals', prefix: 'crm-', cases, narrowest: 375 });
