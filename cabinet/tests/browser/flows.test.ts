import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from './backend/server';
import { emptyState, fullState, type State } from './backend/state';
import { launch, settled } from './browser';
import { openStage, type Stage } from './stage';

let browser: Browser;
let stage: Stage;
let server: TestServer;

beforeAll(async () => {
  browser = await launch();
  stage = await openStage(browser);
  server = stage.server;
});
afterAll(async () => {
  await stage.close();
  await browser.close();
});

const open = (path: string, state: State): Promise<Page> => stage.open(path, state);

const signedIn = (state: State, as = '1'): State => ({ ...state, signedIn: as });
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const path = (page: Page) => new URL(page.url()).pathname + new URL(page.url()).search;

test('signing in by keyboard alone leads to the page that was wanted', async () => {
  const page = await open('/visitors?contacts=yes', fullState());
  await heading(page, 'Вход в кабинет').waitFor();
  expect(path(page)).toContain('/sign-in?next=');
  const email = page.getByLabel('Электронная почта');
  for (
    let tabs = 0;
    tabs < 5 && !(await email.evaluate((node) => node === node.ownerDocument.activeElement));
    tabs++
  ) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.type('anna@romashka.example');
  await page.keyboard.press('Tab');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Неверная почта или пароль.').waitFor();
  await page.getByLabel('Пароль', { exact: true }).focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('correct horse');
  await page.keyboard.press('Enter');
  await heading(page, 'Посетители').waitFor();
  expect(path(page)).toBe('/visitors?contacts=yes');
});

test('the skip link leads past the navigation', async () => {
  const page = await open('/sites', signedIn(fullState()));
  await settled(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
});

test('opening another page moves the focus to its heading', async () => {
  const page = await open('/', signedIn(fullState()));
  await settled(page);
  await page.getByRole('link', { name: 'Ключи API' }).click();
  await heading(page, 'Ключи API').waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Ключи API');
  expect(await page.title()).toBe('Ключи API · Skvoz');
});

test('the first start makes the account and opens the overview', async () => {
  const page = await open('/', { ...emptyState(), setupRequired: true });
  await page.getByText('Откройте ссылку первого запуска').waitFor();
  await page.goto(`${server.url}/setup?token=first`);
  await page.getByLabel('Название компании').fill('Ромашка');
  await page.getByLabel('Имя и фамилия').fill('Анна');
  await page.getByLabel('Электронная почта').fill('anna@example.org');
  await page.getByLabel('Новый пароль').fill('short');
  await page.getByRole('button', { name: 'Создать аккаунт' }).click();
  await page.getByText('От 10 до 200 символов').waitFor();
  await page.getByLabel('Новый пароль').fill('a long password');
  await page.getByRole('button', { name: 'Создать аккаунт' }).click();
  await heading(page, 'Ромашка').waitFor();
  expect(server.state.setupRequired).toBe(false);
});

test('the first site is added, and its page notices the first hit by itself', async () => {
  const page = await open('/', signedIn(emptyState()));
  await page.getByLabel('Домен').fill('не домен');
  await page.getByRole('button', { name: 'Добавить сайт' }).click();
  await page.getByText('Это не похоже на домен').waitFor();
  await page.getByLabel('Домен').fill('https://www.Shop.example/path');
  await page.getByRole('button', { name: 'Добавить сайт' }).click();
  await heading(page, 'shop.example').waitFor();
  await page.getByRole('region', { name: 'Код для вставки' }).getByText('setCsAccount').waitFor();
  await page.getByRole('status').getByText('Ждём хиты').waitFor();
  await page.getByText('Если хиты не приходят').waitFor();
  const [site] = server.state.sites;
  Object.assign(site?.installation ?? {}, { state: 'RECEIVING', lastHitAt: new Date().toISOString() });
  await page.getByRole('status').getByText('Работает', { exact: true }).waitFor({ timeout: 15_000 });
});

test('an error about a field stands at the field', async () => {
  const page = await open('/sites', signedIn(fullState()));
  await page.getByRole('button', { name: 'Добавить сайт' }).click();
  const domain = page.getByRole('dialog').getByLabel('Домен');
  await domain.fill('romashka.example');
  await page.getByRole('dialog').getByRole('button', { name: 'Добавить сайт' }).click();
  await page.getByText('Сайт с этим доменом уже добавлен.').waitFor();
  expect(await domain.getAttribute('aria-invalid')).toBe('true');
});

test('a deleted site leaves the list after a question', async () => {
  const page = await open('/sites/12/settings', signedIn(fullState()));
  await page.getByRole('button', { name: 'Удалить сайт' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click();
  await heading(page, 'Сайты').waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBe(3);
});

test('live visitors follow the subscription', async () => {
  const page = await open('/visitors/live?site=10', signedIn(fullState()));
  await page.getByText('На связи').waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBe(4);
  const { live, liveListeners } = server.state;
  live.push({ ...live[0], sessionId: '999', name: 'Только что пришёл' });
  liveListeners.forEach((listener) => {
    listener();
  });
  await page.getByText('Только что пришёл').waitFor();
  live.splice(0);
  liveListeners.forEach((listener) => {
    listener();
  });
  await page.getByText('Сейчас никого нет').waitFor();
});

test('a list is read on by its button, and filters go to the address', async () => {
  const page = await open('/visitors', signedIn(fullState()));
  await expect.poll(() => page.getByRole('row').count()).toBe(51);
  await page.getByRole('button', { name: 'Показать ещё' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBe(61);
  await page.getByLabel('Поиск').fill('иван');
  await expect.poll(() => path(page)).toContain('q=');
  await expect.poll(() => page.getByRole('row').count()).toBeLessThan(20);
  await page.reload();
  await settled(page);
  expect(await page.getByLabel('Поиск').inputValue()).toBe('иван');
});

test('a list shows that it is loading, then why it failed, then its rows', async () => {
  const state = signedIn(fullState());
  let release = () => {};
  state.held.set('Users', new Promise((resolve) => (release = resolve)));
  state.failing.set('Users', { code: 'UNAVAILABLE', retryAfterSeconds: 5, requestId: 'req-7' });
  const page = await open('/users', state);
  await page.getByRole('status').getByText('Загружается').waitFor({ state: 'attached' });
  release();
  await page.getByText('Повторите через 5 секунд.').waitFor();
  await page.getByText('req-7').waitFor();
  state.failing.clear();
  await page.getByRole('button', { name: 'Повторить' }).click();
  await page.getByText('petr@romashka.example').waitFor();
});

test('a session that ended leads to sign-in and back', async () => {
  const page = await open('/communications', signedIn(fullState()));
  await settled(page);
  server.state.signedIn = null;
  await page.getByRole('link', { name: 'Сайты' }).click();
  await heading(page, 'Вход в кабинет').waitFor();
  await page.getByLabel('Электронная почта').fill('anna@romashka.example');
  await page.getByLabel('Пароль', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Войти' }).click();
  await heading(page, 'Сайты').waitFor();
});

test('a goal is made, changed and deleted', async () => {
  const page = await open('/sites/11/goals', signedIn(fullState()));
  await page.getByRole('button', { name: 'Добавить цель' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Название').fill('Спасибо');
  await dialog.getByLabel('Что отслеживать').click();
  await page.getByRole('option', { name: 'Открытие страницы' }).click();
  await dialog.getByRole('button', { name: 'Добавить цель' }).click();
  await dialog.getByText('Заполните это поле').waitFor();
  await dialog.getByLabel('Адрес *').fill('/spasibo');
  await dialog.getByRole('button', { name: 'Добавить цель' }).click();
  await page
    .getByRole('cell', { name: /Спасибо/ })
    .first()
    .waitFor();
  expect(server.state.sites[1]?.goals[0]?.conditions).toEqual({ url: '/spasibo', urlMatch: 'CONTAINS' });
  await page.getByRole('button', { name: 'Удалить цель Спасибо' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click();
  await page.getByText('Целей пока нет').waitFor();
});

test('a campaign is made by its editor, costs are added, an address is tried', async () => {
  const page = await open('/sites/11/campaigns', signedIn(fullState()));
  await page.getByRole('button', { name: 'Добавить кампанию' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Название').fill('Лето');
  await dialog.getByLabel('Значение').fill('vk');
  await dialog.getByRole('button', { name: 'Добавить группу' }).last().click();
  await dialog.getByRole('button', { name: 'Добавить кампанию' }).click();
  await dialog.getByText('Заполните это поле').waitFor();
  await dialog.getByLabel('Значение').last().fill('bad');
  await dialog.getByRole('button', { name: 'Добавить кампанию' }).click();
  await page.getByRole('heading', { name: 'Лето' }).waitFor();
  expect(server.state.sites[1]?.campaigns[0]).toMatchObject({
    include: [{ conditions: [{ parameter: 'UTM_TAGS', key: 'utm_source', value: 'vk' }] }],
    exclude: [{ conditions: [{ value: 'bad' }] }],
  });
  await page.getByRole('button', { name: 'Внести расход' }).click();
  await page.getByLabel('Сумма, RUB').fill('12 500,5');
  await page.getByRole('button', { name: 'Внести', exact: true }).click();
  await page.getByText(/12\s500,50\s₽/).waitFor();
  await page.getByLabel('Адрес страницы с метками').fill('https://blog.romashka.example/?utm_campaign=vesna');
  await page.getByRole('button', { name: 'Проверить' }).click();
  await page.getByText('Яндекс Директ: весна').waitFor();
});

test('the visitor card shows visits, joins and parts', async () => {
  const page = await open('/visitors/7000000000000000', signedIn(fullState()));
  await settled(page);
  await expect.poll(() => page.getByText(/^Букет № /).count()).toBe(10);
  await page.getByRole('button', { name: 'Показать ещё' }).first().click();
  await expect.poll(() => page.getByText(/^Букет № /).count()).toBe(17);
  await page.getByRole('switch', { name: /\+7 \(926\) 123-45-67/ }).click({ force: true });
  await expect.poll(() => server.state.visitors[0]?.contacts[0]?.isJoining).toBe(false);
  await page.getByRole('button', { name: 'Отделить этого посетителя' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Отделить этого посетителя' }).click();
  await page.getByText('Других устройств не найдено.').waitFor();
});

test('a token is shown once', async () => {
  const page = await open('/tokens', signedIn(fullState()));
  await page.getByRole('button', { name: 'Создать ключ' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Название').fill('Скрипт');
  await dialog.getByRole('button', { name: 'Создать ключ' }).click();
  expect(await dialog.getByLabel('Ключ', { exact: true }).inputValue()).toMatch(/^skv_/);
  await dialog.getByRole('button', { name: 'Готово' }).click();
  await page
    .getByRole('cell', { name: /Скрипт/ })
    .first()
    .waitFor();
  expect(await page.getByText('0123456789abcdef').count()).toBe(0);
});

test('a person is invited by a link', async () => {
  const page = await open('/users', signedIn(fullState()));
  await page.getByRole('button', { name: 'Пригласить' }).click();
  await page.getByLabel('Электронная почта').fill('petr@romashka.example');
  await page.getByRole('button', { name: 'Создать ссылку' }).click();
  await page.getByText('Пользователь с этой почтой уже есть.').waitFor();
  await page.getByLabel('Электронная почта').fill('vera@romashka.example');
  await page.getByRole('button', { name: 'Создать ссылку' }).click();
  expect(await page.getByRole('textbox', { name: 'Ссылка' }).inputValue()).toContain('/invite?token=');
});

test('an operator is not offered what the role may not do', async () => {
  const state = fullState();
  Object.assign(state.users[1] ?? {}, { role: 'OPERATOR' });
  const page = await open('/users', signedIn(state, '2'));
  await settled(page);
  expect(path(page)).toBe('/');
  expect(await page.getByRole('link', { name: 'Пользователи' }).count()).toBe(0);
  expect(await page.getByRole('link', { name: 'Не засчитано' }).count()).toBe(0);
  await page.goto(`${server.url}/sites/10/goals`);
  await settled(page);
  expect(await page.getByRole('button', { name: /Добавить|Изменить|Удалить/ }).count()).toBe(0);
});

test('the language chosen in the profile is shown at once', async () => {
  const page = await open('/account', signedIn(fullState()));
  await page.getByRole('combobox', { name: 'Язык кабинета' }).click();
  await page.getByRole('option', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Сохранить' }).first().click();
  await heading(page, 'Settings').waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

test('signing out leads to sign-in and keeps nothing', async () => {
  const page = await open('/visitors', signedIn(fullState()));
  await settled(page);
  await page.getByRole('button', { name: 'Выйти' }).click();
  await heading(page, 'Вход в кабинет').waitFor();
  expect(path(page)).toBe('/sign-in');
  expect(server.state.signedIn).toBeNull();
});
