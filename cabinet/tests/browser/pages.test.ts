import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type State, emptyState, fullState } from './backend/state';
import { startServer, type TestServer } from './backend/server';
import { expectAccessible, launch, openWindow, screenshots, settled, type Window } from './browser';

interface PageCase {
  name: string;
  path: string;
  state: () => State;
  /** Does something before the page is looked at. */
  act?: (window: Window) => Promise<void>;
}

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
const click = (name: RegExp) => async (window: Window) => {
  await window.page.getByRole('button', { name }).first().click();
  await window.page.getByRole('dialog').waitFor();
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

describe.each(looks)('every page is accessible and quiet: $scheme, $language', ({ scheme, language }) => {
  test.each(cases)('$name', async ({ name, path, state, act }) => {
    const start = state();
    start.users.forEach((user) => (user.language = language === 'ru' ? 'RU' : 'EN'));
    const server: TestServer = await startServer(start);
    const window = await openWindow(browser, { scheme, language });
    try {
      await window.page.goto(server.url + path);
      await settled(window.page);
      await act?.(window);
      await settled(window.page);
      expect(await window.page.locator('html').getAttribute('lang')).toBe(language);
      expect(await window.page.title()).toMatch(/^.+ · Skvoz$/);
      await window.page.screenshot({
        path: join(screenshots, `${name}-${scheme}-${language}.png`),
        fullPage: true,
      });
      await expectAccessible(window.page, name);
      expect(window.errors).toEqual([]);
    } finally {
      await window.close();
      await server.close();
    }
  });
});

test.each(cases)('$name fits a screen of 360 pixels', async ({ name, path, state, act }) => {
  const server = await startServer(state());
  const window = await openWindow(browser, { width: 360, height: 740 });
  try {
    await window.page.goto(server.url + path);
    await settled(window.page);
    await act?.(window);
    await settled(window.page);
    await window.page.screenshot({ path: join(screenshots, `${name}-narrow.png`), fullPage: true });
    const overflow = await window.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
  } finally {
    await window.close();
    await server.close();
  }
});
