import type { Page } from 'playwright-core';
import { newCalls } from './backend/calls';
import { newCalltracking } from './backend/calltracking';
import { newEmployees } from './backend/employees';
import { newIntegrations } from './backend/integrations';
import { newScenarios } from './backend/scenarios';
import { fullState, type State } from './backend/state';
import { type PageCase, testPages } from './looks';

const make =
  (isEmpty: boolean, as = '1') =>
  (): State => ({
    ...fullState(),
    signedIn: as,
    employees: newEmployees(isEmpty),
    calls: newCalls(isEmpty),
    integrations: newIntegrations(isEmpty),
    calltracking: newCalltracking(isEmpty),
    scenarios: newScenarios(isEmpty),
  });
const full = make(false);
const empty = make(true);
const failing = (operation: string) => () => {
  const state = full();
  state.failing.set(operation, { code: 'INTERNAL', requestId: 'req-42' });
  return state;
};
const press = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
};
const dialog = (name: RegExp) => async (page: Page) => {
  await press(name)(page);
  await page.getByRole('dialog').waitFor();
};
const box = async (page: Page) => {
  await page.locator('[data-operation]').first().waitFor();
};

const cases: PageCase[] = [
  { name: 'numbers', path: '/numbers', state: full },
  { name: 'numbers of an analyst', path: '/numbers?usage=POOL&site=10', state: make(false, '2') },
  { name: 'numbers empty', path: '/numbers', state: empty },
  { name: 'numbers error', path: '/numbers', state: failing('VirtualNumbers') },
  { name: 'numbers added', path: '/numbers', state: full, act: dialog(/^(Добавить номера|Add numbers)$/) },
  {
    name: 'numbers edited',
    path: '/numbers',
    state: full,
    act: async (page) => {
      await page.getByRole('checkbox', { name: /^(Выбрать все|Select all)/ }).check();
      await dialog(/^(Изменить выбранные|Edit selected)$/)(page);
    },
  },
  { name: 'number', path: '/numbers/950', state: full },
  { name: 'number missing', path: '/numbers/1', state: full },
  { name: 'pools', path: '/pools', state: full },
  { name: 'pools empty', path: '/pools', state: empty },
  { name: 'pool form', path: '/pools', state: full, act: dialog(/^(Изменить:|Edit) Реклама/) },
  { name: 'pool', path: '/pools/990', state: full },
  { name: 'pool unused', path: '/pools/991', state: full },
  { name: 'blocks', path: '/pools/blocks', state: full },
  { name: 'blocks empty', path: '/pools/blocks', state: empty },
  { name: 'block form', path: '/pools/blocks', state: full, act: dialog(/^(Изменить:|Edit) Шапка/) },
  { name: 'constants of calltracking', path: '/pools/settings', state: full },
  { name: 'scenarios', path: '/scenarios', state: full },
  { name: 'scenarios empty', path: '/scenarios', state: empty },
  { name: 'scenarios error', path: '/scenarios', state: failing('Scenarios') },
  {
    name: 'scenario rehearsed',
    path: '/scenarios/980',
    state: full,
    act: async (page) => {
      await box(page);
      await press(/^(Провести звонок|Lead a call)$/)(page);
      await page.getByText('Смирнова Анна').first().waitFor();
    },
  },
  { name: 'RC-4 scenario at fault', path: '/scenarios/981', state: full, act: box },
  { name: 'scenario of an analyst', path: '/scenarios/980', state: make(false, '2'), act: box },
  { name: 'scenario new', path: '/scenarios/new?template=hours', state: full, act: box },
  { name: 'scenario missing', path: '/scenarios/1', state: full },
  { name: 'sounds', path: '/scenarios/sounds', state: full },
  { name: 'sounds empty', path: '/scenarios/sounds', state: empty },
  { name: 'blacklist', path: '/blacklist', state: full },
  { name: 'blacklist empty', path: '/blacklist', state: empty },
];

testPages({ topic: 'numbers and scenarios', prefix: 'scenarios-', cases, narrowest: 375 });
