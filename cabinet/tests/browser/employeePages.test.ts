import type { Page } from 'playwright-core';
import { newEmployees } from './backend/employees';
import { fullState, type State } from './backend/state';
import { type PageCase, testPages } from './looks';

const make =
  (isEmpty: boolean, as = '1') =>
  (): State => ({ ...fullState(), signedIn: as, employees: newEmployees(isEmpty) });
const full = make(false);
const empty = make(true);
const failing = () => {
  const state = full();
  state.failing.set('Employees', { code: 'INTERNAL', requestId: 'req-42' });
  return state;
};
const dialog = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
  await page.getByRole('dialog').waitFor();
};

const cases: PageCase[] = [
  { name: 'RC-9 employees', path: '/employees', state: full },
  { name: 'employees of an operator', path: '/employees', state: make(false, '2') },
  { name: 'employees empty', path: '/employees', state: empty },
  { name: 'employees error', path: '/employees', state: failing },
  { name: 'employee card', path: '/employees', state: full, act: dialog(/^(Изменить:|Edit) Смирнова/) },
  { name: 'groups', path: '/employees/groups', state: full, act: dialog(/^(Изменить:|Edit) Отдел/) },
  { name: 'statuses', path: '/employees/statuses', state: full, act: dialog(/^(Изменить:|Edit) Обед/) },
  { name: 'working hours', path: '/employees/hours', state: full },
  {
    name: 'working hours form',
    path: '/employees/hours',
    state: full,
    act: dialog(/^(Изменить:|Edit) Будни/),
  },
];

testPages({ topic: 'employees', prefix: 'employees-', cases, narrowest: 375 });
