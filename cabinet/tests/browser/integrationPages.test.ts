import type { Page } from 'playwright-core';
import { newCrm } from './backend/crm';
import { newIntegrations } from './backend/integrations';
import { fullState, type State } from './backend/state';
import { type PageCase, testPages } from './looks';

const make =
  (isEmpty: boolean, as = '1') =>
  (): State => ({
    ...fullState(),
    signedIn: as,
    crm: newCrm(isEmpty),
    integrations: newIntegrations(isEmpty),
  });
const full = make(false);
const empty = make(true);
const failing = (operation: string) => () => {
  const state = full();
  state.failing.set(operation, { code: 'INTERNAL', requestId: 'req-42' });
  return state;
};
const refusing = () => {
  const state = full();
  state.integrations.refusal = { kind: 'MISSING_RIGHT', detail: 'scope crm', field: '' };
  return state;
};
const change = (act: (state: State) => void) => () => {
  const state = full();
  act(state);
  return state;
};
const press = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
};
const byButton = (state: State) => {
  const draft = state.integrations.integrations[2];
  Object.assign(draft?.values ?? {}, { auth: { values: ['oauth'] } });
};

const page = '/integrations/800';
const wizard = '/integrations/802/connect';
const cases: PageCase[] = [
  { name: 'CA-2 catalogue', path: '/integrations', state: full },
  { name: 'CA-2 catalogue empty', path: '/integrations', state: empty },
  { name: 'CA-2 catalogue error', path: '/integrations', state: failing('IntegrationDrivers') },
  { name: 'CA-2 catalogue analyst', path: '/integrations', state: make(false, '2') },
  { name: 'CA-2 wizard access', path: wizard, state: full },
  { name: 'CA-2 wizard button', path: wizard, state: change(byButton) },
  { name: 'CA-2 wizard goals', path: `${wizard}?step=goals`, state: full },
  { name: 'CA-2 wizard deal', path: '/integrations/800/connect?step=deals', state: full },
  { name: 'CA-2 wizard fields', path: '/integrations/800/connect?step=mapping', state: full },
  { name: 'CA-2 wizard finish', path: '/integrations/800/connect?step=-finish', state: full },
  {
    name: 'CA-2 wizard refused',
    path: '/integrations/800/connect',
    state: refusing,
    act: press(/^(Далее|Next)$/),
  },
  {
    name: 'CA-2 wizard choices refused',
    path: '/integrations/800/connect?step=deals',
    state: change((state) => state.integrations.refusedChoices.set('funnel', 'missing_right')),
  },
  {
    name: 'CA-2 wizard no choices',
    path: `${wizard}?step=goals`,
    state: change((state) => state.integrations.noChoices.add('goals')),
  },
  { name: 'CA-2 wizard error', path: wizard, state: failing('Integration') },
  { name: 'CA-2 authorized', path: '/integrations/authorized?code=1&state=802', state: refusing },
  { name: 'CA-2 authorized error', path: '/integrations/authorized?error=denied', state: full },
  { name: 'CA-2 overview', path: page, state: full },
  { name: 'CA-2 overview broken', path: '/integrations/801', state: full },
  { name: 'CA-2 overview draft', path: '/integrations/802', state: full },
  { name: 'CA-2 overview analyst', path: page, state: make(false, '2') },
  { name: 'CA-2 overview missing', path: '/integrations/1', state: full },
  {
    name: 'CA-2 test',
    path: page,
    state: full,
    act: press(/Проверить соединение|Test the connection/),
  },
  {
    name: 'CA-2 disconnect',
    path: page,
    state: full,
    act: async (page) => {
      await press(/^(Отключить|Disconnect)$/)(page);
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'CA-2 settings access', path: `${page}?tab=settings-access`, state: full },
  { name: 'CA-2 settings deal', path: `${page}?tab=settings-deals`, state: full },
  { name: 'CA-2 settings reports', path: `${page}?tab=settings-reports`, state: full },
  { name: 'CA-2 analytics', path: `${page}?tab=analytics`, state: full },
  { name: 'GD-1 preview', path: `${page}?tab=preview&communication=60`, state: full },
  { name: 'GD-1 preview error', path: `${page}?tab=preview`, state: failing('IntegrationPreview') },
  { name: 'CA-2 check', path: `${page}?tab=check`, state: full },
  { name: 'CA-2 check error', path: `${page}?tab=check`, state: failing('IntegrationReconciliation') },
  { name: 'CA-2 journal', path: `${page}?tab=journal`, state: full },
  { name: 'CA-2 journal empty', path: '/integrations/801?tab=journal', state: full },
  { name: 'CA-2 journal error', path: `${page}?tab=journal`, state: failing('IntegrationJobs') },
  {
    name: 'CA-2 job',
    path: `${page}?tab=journal&job=900`,
    state: full,
    act: async (page) => {
      await page.getByRole('dialog').locator('summary').nth(1).click();
    },
  },
];

testPages({ topic: 'integrations', prefix: 'integrations-', cases, narrowest: 375 });
