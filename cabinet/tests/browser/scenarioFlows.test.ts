import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCalls } from './backend/calls';
import { newCalltracking } from './backend/calltracking';
import { newEmployees } from './backend/employees';
import { newIntegrations } from './backend/integrations';
import { newScenarios } from './backend/scenarios';
import { fullState } from './backend/state';
import { launch, settled } from './browser';
import { openStage, type Stage } from './stage';

let browser: Browser;
let stage: Stage;

beforeAll(async () => {
  browser = await launch();
  stage = await openStage(browser);
});
afterAll(async () => {
  await stage.close();
  await browser.close();
});

async function open(path: string): Promise<Page> {
  const page = await stage.open(path, {
    ...fullState(),
    signedIn: '1',
    employees: newEmployees(false),
    calls: newCalls(false),
    integrations: newIntegrations(false),
    calltracking: newCalltracking(false),
    scenarios: newScenarios(false),
  });
  await settled(page);
  return page;
}

const tracked = () => stage.server.state.calltracking ?? newCalltracking(true);
const known = () => stage.server.state.scenarios ?? newScenarios(true);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const pick = async (page: Page, field: string, option: string, within: Page | Locator = page) => {
  await within.getByRole('combobox', { name: field, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};

test('a pasted list of numbers is put into a pool', async () => {
  const page = await open('/numbers');
  await button(page, 'Добавить номера').click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: /^Номера/ }).fill('+7 495 000-00-01\n8 495 000 00 02, 74950000003');
  await pick(page, 'Назначение', 'В пуле', form);
  await form.getByRole('button', { name: 'Добавить 3 номера' }).click();
  await form.getByText('Заполните это поле').waitFor();
  await pick(page, 'Пул', 'Реклама · Ромашка: доставка цветов', form);
  await form.getByRole('button', { name: 'Добавить 3 номера' }).click();
  await form.waitFor({ state: 'hidden' });
  await expect.poll(() => page.getByRole('row').count()).toBe(9);
  expect(tracked().numbers.slice(-3)).toMatchObject([
    { number: '74950000001', usage: 'POOL', poolId: '990' },
    { number: '84950000002' },
    { number: '74950000003' },
  ]);
  expect(stage.errors).toEqual([]);
});

test('of several numbers only what was changed is changed', async () => {
  const page = await open('/numbers?usage=POOL');
  await expect.poll(() => page.getByRole('row').count()).toBe(3);
  await page.getByRole('checkbox', { name: 'Выбрать все показанные номера' }).check();
  await button(page, 'Изменить выбранные').click();
  const form = page.getByRole('dialog');
  expect(await form.getByRole('combobox', { name: 'Запасной номер пула' }).getAttribute('placeholder')).toBe(
    'Разное: не менять',
  );
  await pick(page, 'Сценарий', 'Основной сценарий');
  await form.getByRole('button', { name: 'Сохранить' }).click();
  await form.waitFor({ state: 'hidden' });
  expect(tracked().numbers.map(({ scenarioId, isOverflow }) => [scenarioId, isOverflow])).toEqual([
    ['980', false],
    ['980', false],
    ['980', true],
    [null, false],
    [null, false],
  ]);
});

test('pools are put into order by keyboard', async () => {
  const page = await open('/pools');
  await button(page, 'Ниже: Реклама').focus();
  await page.keyboard.press('ArrowDown');
  await page.getByText('Реклама: теперь место 2').waitFor({ state: 'attached' });
  await expect
    .poll(() => tracked().pools.map(({ id, position }) => [id, position]))
    .toEqual([
      ['990', 2],
      ['991', 1],
    ]);
  expect(await button(page, 'Ниже: Реклама').evaluate((element) => element === document.activeElement)).toBe(
    true,
  );
});

test('the size of a pool is worked out, and the number of a block shown as it will be written', async () => {
  const page = await open('/pools');
  await page.getByRole('textbox', { name: 'Новых визитов в час' }).fill('200');
  await button(page, 'Посчитать').click();
  await page.getByText('Нужно 50 номеров').waitFor();
  await page.getByRole('link', { name: 'Блоки на сайте' }).click();
  await button(page, 'Добавить блок').click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: 'Маска' }).fill('8-###-###-##-##');
  await form.getByRole('textbox', { name: 'Текст', exact: true }).fill('Звоните: {phone}');
  await form.getByText('Звоните: 8-495-000-01-23').waitFor();
});

test('a scenario is made of a template: faults go when they are mended', async () => {
  const page = await open('/scenarios');
  await button(page, 'Новый сценарий').click();
  await page.getByRole('menuitem', { name: /^Персональный менеджер/ }).click();
  await page.getByText('2 ошибки: исправьте их, чтобы сохранить').waitFor();
  await page.getByRole('combobox', { name: 'Интеграция' }).click();
  await page.getByRole('option').first().click();
  await page.getByText('1 ошибка').waitFor();
  await page
    .getByRole('listitem')
    .getByRole('button', { name: /Связанная операция/ })
    .first()
    .click();
  await pick(page, 'Группа', 'Отдел продаж');
  await page.getByText('Есть несохранённые изменения').waitFor();
  await button(page, 'Создать сценарий').click();
  await page.getByRole('heading', { name: 'Персональный менеджер из CRM' }).waitFor();
  expect(known().scenarios.at(-1)).toMatchObject({
    start: 'crm_manager-1',
    operations: [
      { exits: [{ name: 'forward_failed', to: 'forward-1' }] },
      {
        settings: [
          { key: 'to', values: ['group'] },
          { key: 'group', values: ['910'] },
        ],
      },
    ],
  });
  expect(stage.errors).toEqual([]);
});

test('boxes are moved by keys and mouse, lines are pulled, steps are taken back', async () => {
  const page = await open('/scenarios/980');
  const box = (id: string) => page.locator(`[data-operation="${id}"]`);
  const place = async (id: string) => {
    const frame = await box(id).boundingBox();
    return [Math.round(frame?.x ?? 0), Math.round(frame?.y ?? 0)];
  };
  await box('mail').getByRole('button').focus();
  const [x = 0, y = 0] = await place('mail');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  expect(await place('mail')).toEqual([x + 16, y + 16]);
  await box('mail').getByRole('button').hover();
  await page.mouse.down();
  await page.mouse.move(x + 200, y + 60, { steps: 4 });
  await page.mouse.up();
  expect((await place('mail'))[0]).toBeGreaterThan(x + 60);
  await button(page, 'Отменить шаг').click();
  expect(await place('mail')).toEqual([x, y]);
  const dot = box('menu').getByText('Ничего не нажали').locator('xpath=following-sibling::span');
  await dot.hover();
  await page.mouse.down();
  await box('mail').hover();
  await page.mouse.up();
  await button(page, 'Сохранить').click();
  await page.getByText('Сохранено', { exact: true }).waitFor();
  expect(known().scenarios[0]?.operations[1]?.exits).toContainEqual({ name: 'timeout', to: 'mail' });
});

test('an operation is added at an exit and rehearsed, with nothing but the keyboard', async () => {
  const page = await open('/scenarios/980');
  await page
    .getByRole('listitem')
    .getByRole('button', { name: /Голосовая почта/ })
    .first()
    .press('Enter');
  const exit = page.getByRole('combobox', { name: 'Дальше' });
  await exit.press('Enter');
  await exit.fill('Завершить');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('[data-operation="hangup-1"]').waitFor();
  await page.getByRole('combobox', { name: 'Переадресация' }).press('Enter');
  await page.getByRole('option', { name: 'Не ответили' }).click();
  await button(page, 'Провести звонок').press('Enter');
  await page.getByText('Зазвонит: Иванов Пётр · 102 (через 5 с)').waitFor();
  await expect.poll(() => page.locator('[data-operation][data-lit]').count()).toBe(5);
});

test('changes that are not saved are not lost by chance', async () => {
  const page = await open('/scenarios/980');
  await page.getByRole('textbox', { name: 'Название' }).fill('Другой');
  await page.getByRole('link', { name: 'Номера', exact: true }).click();
  const ask = page.getByRole('dialog', { name: 'Уйти без сохранения?' });
  await ask.getByRole('button', { name: 'Отмена' }).click();
  await ask.waitFor({ state: 'hidden' });
  expect(await page.getByRole('textbox', { name: 'Название' }).inputValue()).toBe('Другой');
  await page.getByRole('link', { name: 'Номера', exact: true }).click();
  await ask.getByRole('button', { name: 'Уйти' }).click();
  await page.getByRole('heading', { name: 'Виртуальные номера' }).waitFor();
});

test('when somebody else saved meanwhile one is asked whose version stays', async () => {
  const page = await open('/scenarios/980');
  await page.getByRole('textbox', { name: 'Название' }).fill('Мой');
  Object.assign(known().scenarios[0] ?? {}, { version: 7, name: 'Чужой' });
  await button(page, 'Сохранить').click();
  await page.getByText('Сценарий изменил кто-то другой').waitFor();
  await button(page, 'Показать новую версию').click();
  await expect.poll(() => page.getByRole('textbox', { name: 'Название' }).inputValue()).toBe('Чужой');
  await page.getByRole('textbox', { name: 'Название' }).fill('Мой');
  Object.assign(known().scenarios[0] ?? {}, { version: 9 });
  await button(page, 'Сохранить').click();
  await button(page, 'Сохранить мою поверх').click();
  await expect.poll(() => known().scenarios[0]).toMatchObject({ name: 'Мой', version: 10 });
});

test('sounds are uploaded, others refused; callers are blocked and let in again', async () => {
  const page = await open('/scenarios/sounds');
  const file = page.locator('input[type=file]');
  await file.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
  await page.getByText('Нужен файл .wav или .mp3.').waitFor();
  await file.setInputFiles({ name: 'a.wav', mimeType: 'audio/wav', buffer: Buffer.alloc(2048) });
  await page.getByRole('cell', { name: 'a.wav', exact: true }).waitFor();
  expect(known().media.at(-1)).toMatchObject({ bytes: 2048 });
  await page.getByRole('link', { name: 'Чёрный список' }).click();
  await page.getByRole('textbox', { name: 'Телефон' }).fill('123');
  await button(page, 'Добавить').click();
  await page.getByText('Это не номер телефона.').waitFor();
  await page.getByRole('textbox', { name: 'Телефон' }).fill('+7 926 000-00-09');
  await button(page, 'Добавить').click();
  await button(page, 'Убрать +7 (926) 000-00-09').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Убрать', exact: true }).click();
  await expect.poll(() => known().blocked.length).toBe(2);
});
