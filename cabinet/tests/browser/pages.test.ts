import type { Page } from 'playwright-core';
import { type State, emptyState, fullState } from './backend/state';
import { type PageCase, testPages } from './looks';

const signedIn = (make: () => State) => () => ({ ...make(), signedIn: '1' });
const full = signedIn(fullState);
const empty = signedIn(emptyState);
const failing =
  (...operations: string[]) =>
  () => {
    const state = full();
    operations.forEach((name) => state.failing.set(name, { code: 'INTERNAL', requestId: 'req-42' }));
    return state;
  };
const visitorId = '7000000000000000';
const click = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
  await page.getByRole('dialog').waitFor();
};

const cases: PageCase[] = [
  { name: 'setup', path: '/setup?token=first', state: () => ({ ...emptyState(), setupRequired: true }) },
  { name: 'setup-without-token', path: '/setup', state: () => ({ ...emptyState(), setupRequired: true }) },
  { name: 'sign-in', path: '/sign-in', state: fullState },
  { name: 'invite', path: '/invite?token=good', state: fullState },
  { name: 'invite-used', path: '/invite?token=bad', state: fullState },
  { name: 'overview', path: '/', state: full },
  { name: 'overview-onboarding', path: '/', state: empty },
  { name: 'sites', path: '/sites', state: full },
  { name: 'sites-empty', path: '/sites', state: empty },
  { name: 'sites-create', path: '/sites', state: full, act: click(/Добавить сайт|Add a site/) },
  { name: 'site-snippet', path: '/sites/10', state: full },
  { name: 'site-waiting', path: '/sites/11', state: full },
  { name: 'site-settings', path: '/sites/10/settings', state: full },
  { name: 'site-goals', path: '/sites/10/goals', state: full },
  { name: 'site-goals-empty', path: '/sites/11/goals', state: full },
  { name: 'site-goal-form', path: '/sites/10/goals', state: full, act: click(/Добавить цель|Add a goal/) },
  { name: 'site-campaigns', path: '/sites/10/campaigns', state: full },
  {
    name: 'site-campaign-form',
    path: '/sites/10/campaigns',
    state: full,
    act: click(/Изменить кампанию|Edit the campaign/),
  },
  { name: 'site-missing', path: '/sites/999', state: full },
  { name: 'visitors', path: '/visitors', state: full },
  { name: 'visitors-empty', path: '/visitors', state: empty },
  { name: 'visitors-error', path: '/visitors', state: failing('Visitors') },
  { name: 'visitors-live', path: '/visitors/live', state: full },
  { name: 'visitor', path: `/visitors/${visitorId}`, state: full },
  { name: 'visitor-missing', path: '/visitors/1', state: full },
  { name: 'communications', path: '/communications', state: full },
  { name: 'communications-empty', path: '/communications', state: empty },
  { name: 'communication', path: '/communications?open=60', state: full },
  { name: 'communication-chat', path: '/communications?open=61', state: full },
  { name: 'refusals', path: '/refusals', state: full },
  { name: 'refusals-empty', path: '/refusals', state: empty },
  { name: 'users', path: '/users', state: full },
  { name: 'users-invite', path: '/users', state: full, act: click(/Пригласить|Invite/) },
  {
    name: 'users-delete',
    path: '/users',
    state: full,
    act: click(/Удалить Пётр|Удалить пользователя|Delete /),
  },
  { name: 'tokens', path: '/tokens', state: full },
  { name: 'tokens-empty', path: '/tokens', state: empty },
  { name: 'tokens-form', path: '/tokens', state: full, act: click(/Создать ключ|Make a token/) },
  { name: 'account', path: '/account', state: full },
  { name: 'not-found', path: '/no/such/page', state: full },
];

testPages({ topic: 'the basics', prefix: '', cases, narrowest: 360 });
