import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCrm } from './backend/crm';
import { type IntegrationsState, newIntegrations } from './backend/integrations';
import type { TestServer } from './backend/server';
import { fullState } from './backend/state';
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

async function open(path: string, integrations = newIntegrations(false), as = '1'): Promise<Page> {
  const page = await stage.open(path, { ...fullState(), signedIn: as, crm: newCrm(false), integrations });
  await settled(page);
  return page;
}

const known = (): IntegrationsState => server.state.integrations;
const choose = async (page: Page, select: string, option: string) => {
  await page.getByRole('combobox', { name: select, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const next = (page: Page) => page.getByRole('button', { name: 'Далее', exact: true });
const step = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('CA-2 GD-1 a CRM is connected step by step, down to the button that switches it on', async () => {
  const page = await open('/integrations', newIntegrations(true));
  await page.getByRole('button', { name: 'Подключить: amoCRM' }).click();
  await step(page, 'Доступ').waitFor();
  await page.getByRole('button', { name: 'Заполните: Адрес CRM' }).click();
  await page.keyboard.type('https://company.crm.example');
  await page.getByRole('textbox', { name: 'Токен' }).fill('t0ken');
  await next(page).click();

  await step(page, 'Цели').waitFor();
  await page.getByText('Соединение есть: ООО «Ромашка»').waitFor();
  await page.getByText('изменения сразу, по вебхукам: нужны права администратора').waitFor();
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Цели');
  await page.getByText('Выберите: Цели').waitFor();
  expect(await next(page).getAttribute('aria-disabled')).toBe('true');
  const reasons = await next(page).getAttribute('aria-describedby');
  expect(await page.locator(`#${String(reasons)}`).innerText()).toContain('Выберите: Цели');
  await page.getByRole('combobox', { name: 'Цели' }).fill('подпис');
  await page.getByRole('option', { name: 'Подписка' }).click();
  await page.keyboard.press('Escape');
  await next(page).click();

  await step(page, 'Сделка').waitFor();
  expect(await page.getByRole('combobox', { name: 'Этап' }).getAttribute('placeholder')).toBe(
    'Сначала выберите: Воронка',
  );
  await choose(page, 'Воронка', 'Продажи');
  await choose(page, 'Этап', 'Переговоры');
  await choose(page, 'Воронка', 'Опт');
  await page.getByText('Выберите: Этап').first().waitFor();
  await choose(page, 'Этап', 'Заявка');
  const name = page.getByRole('textbox', { name: 'Название сделки' });
  await name.fill('Сайт: ');
  await page.getByRole('button', { name: 'Вставить переменную: Название сделки' }).click();
  await page.getByRole('menuitem', { name: /Имя, телефон или e-mail/ }).click();
  await expect.poll(() => name.inputValue()).toBe('Сайт: {{contact}}');
  await next(page).click();

  await step(page, 'Поля').waitFor();
  await page.getByRole('button', { name: 'Добавить поле' }).click();
  await page.getByText('Выберите поле в каждой строке').first().waitFor();
  const line = page.getByRole('group', { name: 'Строка 2' });
  await line.getByRole('combobox', { name: 'Поле в системе' }).click();
  expect(await page.getByRole('option', { name: 'Источник (utm_source)' }).count()).toBe(0);
  await page.getByRole('option', { name: 'Ключевое слово' }).click();
  await line.getByRole('textbox', { name: 'Чем заполнить (строка 2)' }).fill('{{utm_term}}');
  await next(page).click();

  await step(page, 'Отчёты').waitFor();
  await next(page).click();
  await step(page, 'Проверка и включение').waitFor();
  await page.getByText('Сайт: Анна').waitFor();
  await page.getByRole('cell', { name: 'Ключевое слово' }).waitFor();
  await page.getByRole('button', { name: 'Включить' }).click();
  await page.getByText('Готово, интеграция включена').waitFor();
  await page.getByText('Загружаем сделки за 3 мес.: 10 из 40').waitFor();
  const [made] = known().integrations;
  expect(made).toMatchObject({
    state: 'ACTIVE',
    secrets: ['token'],
    values: {
      address: { values: ['https://company.crm.example'] },
      goals: { values: ['35'] },
      funnel: { values: ['2'] },
      stage: { values: ['21'] },
      deal_name: { values: ['Сайт: {{contact}}'] },
      mapping: {
        pairs: [
          { field: 'UTM_SOURCE', template: '{{utm_source}}' },
          { field: 'UTM_TERM', template: '{{utm_term}}' },
        ],
      },
    },
  });
});

test('CA-2 leaving the wizard and coming back continues where one was, the secret is not shown again', async () => {
  const page = await open('/integrations/802/connect');
  await page.getByRole('textbox', { name: 'Адрес CRM' }).fill('https://company.crm.example');
  await page.getByRole('textbox', { name: 'Токен' }).fill('t0ken');
  await next(page).click();
  await step(page, 'Цели').waitFor();
  await page.getByRole('link', { name: 'Интеграции', exact: true }).first().click();
  await page.getByRole('link', { name: 'Продолжить подключение' }).click();
  await step(page, 'Цели').waitFor();
  await page.getByRole('button', { name: 'Назад' }).click();
  await page.getByText('Задан и больше не показывается').waitFor();
  expect(await page.getByRole('textbox', { name: 'Адрес CRM' }).inputValue()).toBe(
    'https://company.crm.example',
  );
  expect(await page.getByRole('textbox', { name: 'Токен' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Заменить: Токен' }).click();
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('setting-token');
});

test('CA-2 a refused key keeps one at the step and says what to do', async () => {
  const integrations = newIntegrations(false);
  integrations.refusal = { kind: 'BAD_KEY', detail: 'invalid token', field: 'token' };
  const page = await open('/integrations/802/connect', integrations);
  await page.getByRole('textbox', { name: 'Адрес CRM' }).fill('https://company.crm.example');
  await page.getByRole('textbox', { name: 'Токен' }).fill('wrong');
  await next(page).click();
  const alert = page.getByRole('alert').filter({ hasText: 'Система не принимает ключ.' });
  await alert.getByText('Подключите систему заново или введите новый ключ.').waitFor();
  await alert.getByText('Ответ системы: invalid token').waitFor();
  await alert.getByText('Настройка: Токен').waitFor();
  await step(page, 'Доступ').waitFor();
});

test('CA-2 changes of a step that are not kept are asked about before one leaves', async () => {
  const page = await open('/integrations/802/connect');
  await page.getByRole('textbox', { name: 'Адрес CRM' }).fill('https://new.crm.example');
  await page.getByRole('link', { name: 'Интеграции', exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Отмена' }).click();
  expect(await page.getByRole('textbox', { name: 'Адрес CRM' }).inputValue()).toBe('https://new.crm.example');
  await page.getByRole('link', { name: 'Интеграции', exact: true }).first().click();
  await dialog.getByRole('button', { name: 'Уйти без сохранения' }).click();
  await page.getByRole('heading', { level: 1, name: 'Интеграции' }).waitFor();
});

test('CA-2 the button leads to the system and back into the wizard, with all it gave', async () => {
  const page = await open('/integrations/802/connect');
  known().authorizationUrl = `${server.url}/integrations/authorized?code=abc&state=802&referer=x.crm.example`;
  await page.getByRole('textbox', { name: 'Адрес CRM' }).fill('https://company.crm.example');
  await choose(page, 'Как подключиться', 'кнопка «Разрешить»');
  await page.getByText('https://skvoz.example/integrations/authorized').waitFor();
  await page.getByRole('button', { name: 'Разрешить доступ в CRM' }).click();
  await page.getByText('Доступ разрешён').waitFor();
  await step(page, 'Доступ').waitFor();
  expect(known().authorized).toEqual([
    { name: 'code', value: 'abc' },
    { name: 'state', value: '802' },
    { name: 'referer', value: 'x.crm.example' },
  ]);
  expect(known().integrations[2]?.values.address).toMatchObject({ values: ['https://company.crm.example'] });
  await next(page).click();
  await step(page, 'Цели').waitFor();
});

test('CA-2 choices that can’t be read are asked for again', async () => {
  const integrations = newIntegrations(false);
  integrations.refusedChoices.set('funnel', 'missing_right');
  const page = await open('/integrations/802/connect?step=goals', integrations);
  await page.goto(`${server.url}/integrations/800/connect?step=deals`);
  const alert = page.getByRole('alert').filter({ hasText: 'Не хватает прав.' });
  await alert.getByText('Ответ системы: scope crm is missing').waitFor();
  known().refusedChoices.clear();
  await page.getByRole('button', { name: 'Повторить' }).first().click();
  await choose(page, 'Воронка', 'Опт');
});

test('CA-2 settings are saved tab by tab, unsaved ones are not lost by a slip', async () => {
  const page = await open('/integrations/800?tab=settings-reports');
  const months = page.getByRole('textbox', { name: 'Загрузить прошлые сделки, месяцев' });
  await months.fill('12');
  await page.getByRole('tab', { name: 'Журнал' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Отмена' }).click();
  expect(await months.inputValue()).toBe('12');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByText('Сохранено').waitFor();
  expect(known().integrations[0]?.values.import_months).toMatchObject({ values: ['12'] });
  await page.getByRole('switch', { name: 'Загружать сделки в отчёты' }).click();
  await expect.poll(() => months.count()).toBe(0);
  await page.getByRole('button', { name: 'Вернуть как было' }).click();
  expect(await months.inputValue()).toBe('12');
  await page.getByRole('tab', { name: 'Журнал' }).click();
  await page.getByRole('region', { name: 'Журнал' }).waitFor();
});

test('CA-2 GD-1 what would be sent follows texts before they are saved, and a chosen communication', async () => {
  const page = await open('/integrations/800?tab=settings-deals');
  await page.getByRole('button', { name: 'Показать, что будет отправлено' }).click();
  await page.getByText('Заказ: Анна').waitFor();
  await page.getByRole('textbox', { name: 'Название сделки' }).fill('Новая: {{contact}}');
  await page.getByText('Новая: Анна').waitFor();
  await page.getByRole('button', { name: 'Вернуть как было' }).click();
  await page.getByRole('tab', { name: 'Пример' }).click();
  await page.getByRole('combobox', { name: 'Обращение' }).click();
  await page.getByRole('option', { name: /Мария Кузнецова · Заказ оформлен/ }).click();
  await page.getByText('Заказ: Мария Кузнецова').waitFor();
  await page.locator('summary').nth(1).click();
  await page.getByText('PHONE = 79262444393').waitFor();
});

test('CA-2 the journal is filtered, a job opened and sent again, parked ones all together', async () => {
  const page = await open('/integrations/800');
  await page.getByRole('link', { name: 'Показать отложенные' }).click();
  const journal = page.getByRole('region', { name: 'Журнал' });
  await expect.poll(() => journal.getByRole('row').count()).toBe(2);
  expect(page.url()).toContain('states=PARKED');
  await journal.getByRole('button').first().click();
  const details = page.getByRole('dialog');
  await details.getByText('Система отказала.').first().waitFor();
  await details.getByText('Ответ системы: NotSupportedChoice: status_id').first().waitFor();
  await details.locator('summary').nth(1).click();
  await details.getByText('"pipeline_id": 1').last().waitFor();
  await details.getByRole('link', { name: 'Карточка посетителя' }).waitFor();
  await details.getByRole('button', { name: 'Отправить снова' }).click();
  await page.getByText('Поставлено в очередь').waitFor();
  expect(known().jobs[0]?.state).toBe('WAITING');
  await details.getByRole('button', { name: 'Отменить', exact: true }).click();
  await page.getByRole('button', { name: 'Отменить задание' }).click();
  await expect.poll(() => known().jobs[0]?.state).toBe('CANCELLED');
  await page.getByRole('button', { name: 'Закрыть' }).last().click();

  known()
    .jobs.slice(0, 3)
    .forEach((job) => (job.state = 'PARKED'));
  await page.getByRole('button', { name: 'Отправить отложенные (3)' }).click({ timeout: 20_000 });
  await page.getByRole('dialog').getByRole('button', { name: 'Отправить снова' }).click();
  await page.getByText('В очереди 3 задания').waitFor();
});

test('CA-2 the journal refreshes itself', async () => {
  const page = await open('/integrations/800?tab=journal&kinds=HOOK');
  await page.getByText('Отменено').first().waitFor();
  const job = known().jobs.find(({ kind }) => kind === 'HOOK');
  known().jobs.unshift({ ...(job as NonNullable<typeof job>), id: '990', state: 'RUNNING' });
  await page.getByRole('region', { name: 'Журнал' }).getByText('Выполняется').waitFor({ timeout: 15_000 });
  await page.getByRole('button', { name: /Сбросить/ }).click();
  await page.getByRole('button', { name: 'Показать ещё' }).click();
  await page.getByText('Пока открыты дальние страницы').waitFor();
});

test('CA-2 an integration is tested, paused, switched on and disconnected; the navigation tells of trouble', async () => {
  const page = await open('/integrations/800');
  await page.getByRole('link', { name: 'Интеграции 2 интеграции требуют внимания' }).waitFor();
  await page.getByRole('button', { name: 'Проверить соединение' }).click();
  await page.getByText('Соединение есть: ООО «Ромашка»').waitFor();
  await page.getByRole('button', { name: 'Приостановить' }).click();
  await page.getByText('Ничего не отправляется. Задания ждут').waitFor();
  known().refusal = { kind: 'UNPAID', detail: 'account is blocked', field: '' };
  await page.getByRole('button', { name: 'Включить' }).click();
  await page.getByText('Аккаунт в системе не оплачен.').waitFor();
  await page.getByText('Ответ системы: account is blocked').waitFor();
  known().refusal = null;
  await page.getByRole('button', { name: 'Включить' }).click();
  await page.getByRole('button', { name: 'Загрузить сейчас' }).click();
  await page.getByRole('status', { name: 'Чтение сделок' }).getByText('Идёт').waitFor();
  await page.getByRole('button', { name: 'Отключить' }).click();
  await page.getByText('загруженные сделки в отчётах').waitFor();
  await page.getByText('ключи доступа и настройки').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Отключить' }).click();
  await page.getByRole('heading', { level: 1, name: 'Интеграции' }).waitFor();
  expect(known().integrations.map(({ id }) => id)).toEqual(['801', '802']);
});

test('CA-2 an import is followed and begun anew', async () => {
  const page = await open('/integrations/800');
  const bar = page.getByRole('progressbar');
  expect(await bar.getAttribute('aria-valuenow')).toBe('34');
  const [integration] = known().integrations;
  if (integration?.sync.import) {
    integration.sync.import = { ...integration.sync.import, done: 1200, finishedAt: '2026-03-14T12:00:00Z' };
  }
  await page.getByText(/Сделки за 3 мес. загружены: 1\s200/).waitFor({ timeout: 10_000 });
  await page.getByRole('textbox', { name: 'Загрузить прошлые сделки, месяцев' }).fill('40');
  await page.getByRole('button', { name: 'Загрузить', exact: true }).click();
  await page.getByText('Целое число от 1 до 36').waitFor();
  await page.getByRole('textbox', { name: 'Загрузить прошлые сделки, месяцев' }).fill('6');
  await page.getByRole('button', { name: 'Загрузить', exact: true }).click();
  await page.getByText('Загружаем сделки за 6 мес.: уже 0').waitFor();
});

test('CA-2 the check says in words where deals differ', async () => {
  const page = await open('/integrations/800?tab=check');
  await page.getByText('Расхождения в 2 строках').waitFor();
  await page.getByRole('row', { name: /Успешно.*в системе больше на 2/ }).waitFor();
  await page.getByRole('row', { name: /Заявка.*у нас больше на 1/ }).waitFor();
  known().agrees = true;
  await page.getByRole('button', { name: 'Посчитать заново' }).click();
  await page.getByText('Всё сходится').waitFor();
});

test('CA-2 those who may not change integrations see how they stand', async () => {
  const page = await open('/integrations/800', newIntegrations(false), '2');
  await page.getByText('Загружаем сделки').waitFor();
  expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Обзор', 'Аналитика']);
  expect(await page.getByRole('button', { name: 'Отключить' }).count()).toBe(0);
  await page.goto(`${server.url}/integrations/802/connect`);
  await expect.poll(() => page.url()).toBe(`${server.url}/`);
});
