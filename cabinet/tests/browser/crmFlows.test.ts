import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CrmState, newCrm } from './backend/crm';
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

async function open(path: string, crm: CrmState = newCrm(false), as = '1'): Promise<Page> {
  const page = await stage.open(path, { ...fullState(), signedIn: as, crm });
  await settled(page);
  return page;
}

const choose = async (page: Page, select: string, option: string) => {
  await page.getByRole('combobox', { name: select, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const shares = async (page: Page) => {
  const table = page.getByRole('region', { name: 'Доли визитов' });
  const rows = await table.getByRole('row').allInnerTexts();
  return rows.slice(1).map((row) => /(\d+(?:,\d+)?)\s%/.exec(row)?.[1]);
};

test('OC-1 the page tells that nothing was passed, then notices the first deals by itself', async () => {
  const page = await open('/integrations/other-crm', newCrm(true));
  await page.getByText('На текущий момент не было передано данных по сделкам из вашей CRM.').waitFor();
  await page.getByText('3. Сделка', { exact: true }).click();
  const example = page.getByRole('region', { name: '3. Сделка' });
  await example.getByText(`curl ${server.url}/v2.0`).waitFor();
  await example.getByText('upload.deals_history').waitFor();
  Object.assign(server.state.crm ?? {}, { crm: newCrm(false).crm });
  await page.getByText('Обработано').waitFor({ timeout: 25_000 });
  await page.getByRole('checkbox', { name: 'Продажи', exact: true }).waitFor();
});

test('OC-1 a load under way is followed until it ends', async () => {
  const crm = newCrm(false);
  crm.crm.dealsLoad.state = 'IN_PROCESS';
  crm.crm.dealsInProcessing = 12;
  const page = await open('/integrations/other-crm', crm);
  const state = page.getByRole('status', { name: 'Загрузка сделок' });
  await state.getByText('12', { exact: true }).waitFor();
  crm.crm.dealsLoad.state = 'ERROR';
  crm.crm.dealsLoad.error = 'deals.17.stage_ext_id: no such stage';
  crm.crm.dealsInProcessing = 0;
  await page.getByText('deals.17.stage_ext_id: no such stage').waitFor({ timeout: 10_000 });
});

test('OC-2 OC-3 OC-4 conversion model, goals and funnels are saved, reports follow at once', async () => {
  const page = await open('/integrations/other-crm');
  await page.getByRole('radio', { name: 'Последнее обращение перед созданием контакта' }).check();
  await page.getByRole('combobox', { name: 'Цели' }).click();
  expect(await page.getByRole('option', { name: 'Клик по «Купить»' }).count()).toBe(0);
  await page.getByRole('option', { name: 'Заказ оформлен' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('checkbox', { name: 'Повторные продажи' }).check();
  await page.getByRole('radio', { name: 'Приёмы' }).check();
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByText('Отчёты уже построены по новым настройкам.').waitFor();
  const { crm } = server.state.crm ?? newCrm(true);
  expect(crm).toMatchObject({
    conversionModel: 'LAST_BEFORE_CONTACT',
    terms: 'APPOINTMENTS',
    goals: [{ id: '30' }],
    funnels: [{ inReports: true }, { inReports: true }],
  });
  expect(await page.getByRole('button', { name: 'Сохранить' }).isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'Открыть список' }).click();
  await page.getByRole('heading', { level: 1, name: 'Приёмы' }).waitFor();
});

test('OC-2 those who may not change the settings see them', async () => {
  const page = await open('/integrations/other-crm', newCrm(false), '2');
  expect(await page.getByRole('radio').first().isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Сохранить' }).count()).toBe(0);
});

test('OC-1 an address is let in from the journal and by hand, everyone with a warning', async () => {
  const page = await open('/account/data-api');
  await page.getByRole('button', { name: 'Разрешить 198.51.100.9' }).click();
  await page.getByRole('cell', { name: '198.51.100.9', exact: true }).waitFor();
  await page.getByLabel('Адрес или сеть').fill('crm.example');
  await page.getByRole('button', { name: 'Разрешить', exact: true }).click();
  await page.getByText('Адрес (203.0.113.7) или сеть (203.0.113.0/24)').waitFor();
  await page.getByLabel('Адрес или сеть').fill('0.0.0.0/0');
  await page.getByText('Это значит «с любого адреса»').waitFor();
  await page.getByRole('button', { name: 'Разрешить', exact: true }).click();
  await page.getByText('Запросы принимаются с любого адреса').waitFor();
  await page.getByRole('button', { name: 'Удалить 0.0.0.0/0' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click();
  await expect.poll(() => page.getByText('Запросы принимаются с любого адреса').count()).toBe(0);
  expect(server.state.crm?.networks.map(({ network }) => network)).toEqual([
    '203.0.113.7/32',
    '2001:db8::/32',
    '198.51.100.9',
  ]);
});

test('OC-1 a key of the Data API is shown once, with a call that fits it', async () => {
  const page = await open('/account/data-api');
  await page.getByText('Ключей для Data API пока нет.').waitFor();
  await page.getByRole('button', { name: 'Создать ключ' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Название').fill('1С');
  await choose(page, 'Срок действия', 'Бессрочно');
  await dialog.getByRole('button', { name: 'Создать ключ' }).click();
  await dialog.getByText('get.account').waitFor();
  await dialog.getByRole('button', { name: 'Готово' }).click();
  await page.getByRole('cell', { name: /1С/ }).first().waitFor();
  expect(server.state.tokens.at(-1)).toMatchObject({ scopes: ['DATA_API'], expiresAt: null });
});

test('OC-1 deals are found, ordered and read on; the filters stay in the address', async () => {
  const page = await open('/deals');
  await expect.poll(() => page.getByRole('row').count()).toBe(51);
  await page.getByRole('button', { name: 'Показать ещё' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBe(65);
  await choose(page, 'Источник', 'Без источника');
  await expect.poll(() => page.getByRole('row').count()).toBe(2);
  expect(page.url()).toContain('source=no');
  await page.reload();
  await settled(page);
  await page.getByRole('link', { name: '1002', exact: true }).click();
  await page.getByText('У сделки нет контакта, поэтому её не с чем соединить.').first().waitFor();
});

test('AN-4 AN-7 the models divide a deal as computed by hand', async () => {
  const page = await open('/deals/700');
  await expect.poll(() => shares(page)).toEqual(['0', '0', '0', '100', '100']);
  await choose(page, 'Модель атрибуции', 'W-образная');
  await expect.poll(() => shares(page)).toEqual(['30', '10', '30', '30', '100']);
  const total = page.getByRole('region', { name: 'Доли визитов' }).getByRole('row').last();
  expect(await total.innerText()).toMatch(/10\s000,00\s₽/);
  await choose(page, 'Модель атрибуции', 'Наша модель');
  await expect.poll(() => shares(page)).toEqual(['50', '20', '30', '0', '100']);
  await choose(page, 'Модель атрибуции', 'Линейная');
  await choose(page, 'Модель конверсии', 'Последнее обращение перед созданием контакта');
  await expect.poll(() => shares(page)).toEqual(['33,3', '33,3', '33,3', '100']);
  await choose(page, 'Смотреть назад', '14 дней');
  await expect.poll(() => shares(page)).toEqual(['50', '50', '100']);
  expect(page.url()).toContain('model=linear');
  expect(page.url()).toContain('days=14');
});

test('AN-7 the path leads to visitors and communications', async () => {
  const page = await open('/deals/700');
  const links = page.getByRole('region', { name: 'Связанные обращения' });
  expect(await links.getByRole('listitem').last().innerText()).toContain('решающее');
  await links.getByRole('button').last().click();
  await page.getByRole('dialog').getByText('Быстрый заказ').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Путь' }).getByRole('link', { name: 'Посетитель' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Мария Кузнецова' }).waitFor();
});

test('costs are shown first, saved when confirmed, and problems name their lines', async () => {
  const page = await open('/costs');
  const file = (text: string) => ({ name: 'costs.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ ...file('x'), name: 'costs.pdf' });
  await page.getByText('Нужен файл .csv или .xlsx.').waitFor();
  await input.setInputFiles(file('wrong'));
  await page.getByText('В файле 2 ошибки, ничего не сохранено.').waitFor();
  expect(await page.getByRole('button', { name: 'Сохранить расходы' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Выбрать другой файл' }).click();
  await input.setInputFiles(file('fine'));
  await page.getByText('Будут сохранены 2 строки. Из них 1 заменит уже внесённый расход.').waitFor();
  await page.getByText(/13\s300,60\s₽/).waitFor();
  expect(server.state.crm?.costs).toEqual([]);
  await page.getByRole('button', { name: 'Сохранить расходы' }).click();
  await page.getByText('Сохранены 2 строки. Отчёты уже учитывают их.').waitFor();
  expect(server.state.crm?.costs).toHaveLength(2);
});

test('the sample of costs is a file of the account’s own campaigns', async () => {
  const page = await open('/costs');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Скачать образец' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('raskhody-obrazets.csv');
  const text = readFileSync(await download.path(), 'utf8');
  expect(text).toContain('С;По;Кампания;Сайт;Расход;Клики;Показы');
  expect(text).toContain('Яндекс Директ: весна;romashka.example;12500,50');
  expect(text).not.toContain('Прошлогодняя акция');
});

test('AN-4 an own model is made only when its shares are whole, changed and deleted', async () => {
  const page = await open('/reports/models-guide');
  await page.getByRole('button', { name: 'Создать модель' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Название').fill('Знакомство');
  await dialog.getByLabel('Первое').fill('60');
  await dialog.getByText('Вместе 120 %, а нужно 100 %').waitFor();
  await dialog.getByRole('button', { name: 'Сохранить' }).click();
  await dialog.getByText('Доли должны составить 100 %').waitFor();
  await dialog.getByLabel('Последнее').fill('20');
  await dialog.getByRole('img', { name: '1: 60 %, 2: 10 %, 3: 10 %, 4: 20 %' }).waitFor();
  await dialog.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByRole('article', { name: 'Знакомство' }).waitFor();
  expect(server.state.crm?.models.at(-1)).toMatchObject({
    name: 'Знакомство',
    definition: { kind: 'POSITION', first: 0.6, middle: 0.2, last: 0.2, excludeDirect: false },
  });
  await page.getByRole('button', { name: 'Изменить модель Знакомство' }).click();
  await dialog.getByRole('radio', { name: 'По давности' }).check();
  await dialog.getByLabel('Вес падает вдвое за, дней').fill('14');
  await dialog.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByRole('article', { name: 'Знакомство' }).getByText('Вес падает вдвое за 14 дн.').waitFor();
  await page.getByRole('button', { name: 'Удалить модель Знакомство' }).click();
  await dialog.getByRole('button', { name: 'Удалить' }).click();
  await expect.poll(() => page.getByRole('article', { name: 'Знакомство' }).count()).toBe(0);
});

test('AN-4 the spans of reports are kept within a year', async () => {
  const page = await open('/reports/models-guide');
  await page.getByLabel('Смотреть назад, дней').fill('400');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByText('Целое число от 1 до 365').waitFor();
  await page.getByLabel('Смотреть назад, дней').fill('30');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByText('Отчёты уже построены по новым настройкам.').waitFor();
  expect(server.state.crm?.settings).toEqual({ lookbackDays: 30, windowDays: 180 });
});
