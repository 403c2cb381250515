import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newEmployees } from './backend/employees';
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

async function open(path: string, isEmpty = false, as = '1'): Promise<Page> {
  const page = await stage.open(path, { ...fullState(), signedIn: as, employees: newEmployees(isEmpty) });
  await settled(page);
  return page;
}

const known = () => stage.server.state.employees;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('an employee is added with phones in the order they are rung, mistakes are shown at their fields', async () => {
  const page = await open('/employees');
  await button(page, 'Добавить сотрудника').click();
  const form = page.getByRole('dialog', { name: 'Новый сотрудник' });
  await form.getByRole('button', { name: 'Добавить сотрудника' }).click();
  await form.getByText('Укажите фамилию или имя').waitFor();
  await form.getByRole('textbox', { name: 'Фамилия' }).fill('Кузнецов');
  await form.getByRole('textbox', { name: 'Внутренний номер' }).fill('102');
  for (const number of ['123', '8 926 244-43-93']) {
    await button(page, 'Добавить телефон').click();
    await form.getByRole('textbox', { name: 'Номер телефона' }).last().fill(number);
  }
  await form.getByRole('button', { name: 'Добавить сотрудника' }).click();
  await form.getByText('Этот внутренний номер уже у другого сотрудника.').waitFor();
  await form.getByRole('textbox', { name: 'Внутренний номер' }).fill('103');
  await form.getByRole('button', { name: 'Добавить сотрудника' }).click();
  await form.getByText('Это не номер телефона.').waitFor();
  await form.getByRole('textbox', { name: 'Номер телефона' }).first().fill('+7 495 514-05-78');
  await button(page, 'Выше: 8 926 244-43-93').press('Enter');
  await form.getByRole('button', { name: 'Добавить сотрудника' }).click();
  await form.waitFor({ state: 'hidden' });
  await page.getByRole('cell', { name: 'Кузнецов', exact: true }).waitFor();
  expect(known().employees.at(-1)).toMatchObject({
    lastName: 'Кузнецов',
    extension: '103',
    userId: null,
    phones: [{ number: '8 926 244-43-93' }, { number: '+7 495 514-05-78' }],
  });
  await button(page, 'Изменить: Кузнецов').click();
  await button(page, 'Удалить: Кузнецов').click();
  await page
    .getByRole('dialog', { name: 'Удалить «Кузнецов»?' })
    .getByRole('button', { name: 'Удалить' })
    .click();
  await page.getByRole('dialog', { name: 'Карточка сотрудника' }).waitFor({ state: 'hidden' });
  await expect.poll(() => known().employees.length).toBe(3);
  expect(stage.errors).toEqual([]);
});

test('the list is filtered by group and status, as the address says', async () => {
  const page = await open('/employees?status=920');
  const rows = page.getByRole('row');
  await expect.poll(() => rows.count()).toBe(2);
  expect(await rows.last().innerText()).toContain('Иванов Пётр (retailCRM)');
  await page.getByRole('button', { name: /Сбросить/ }).click();
  await expect.poll(() => rows.count()).toBe(4);
  await page.getByRole('combobox', { name: 'Группа' }).click();
  await page.getByRole('option', { name: 'Поддержка' }).click();
  await expect.poll(() => rows.count()).toBe(2);
  await expect.poll(() => page.url()).toContain('group=911');
});

test('RC-12 employees switch their own status from any page, with the keyboard', async () => {
  const page = await open('/visitors');
  await button(page, 'Мой статус: Доступен').press('Enter');
  await page.getByRole('menuitem', { name: 'Обед' }).press('Enter');
  await button(page, 'Мой статус: Обед').waitFor();
  expect(known().employees[0]).toMatchObject({ status: 'BREAK', statusId: '920' });
  const stranger = await open('/visitors', false, '2');
  expect(await stranger.getByRole('button', { name: /^Мой статус/ }).count()).toBe(0);
});

test('a group keeps the order in which its members are rung', async () => {
  const page = await open('/employees/groups');
  await button(page, 'Изменить: Отдел продаж').click();
  const form = page.getByRole('dialog');
  await button(page, 'Ниже: Смирнова Анна').click();
  await form.getByRole('combobox', { name: 'Добавить в группу' }).fill('длинная');
  await page.getByRole('option', { name: /Очень-Длинная/ }).click();
  await button(page, 'Сохранить').click();
  await form.waitFor({ state: 'hidden' });
  expect(known().groups[0]?.memberIds).toEqual(['901', '900', '902']);
});

test('working hours are made with a night and a holiday', async () => {
  const page = await open('/employees/hours', true);
  await button(page, 'Добавить рабочее время').click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: 'Название' }).fill('Ночь');
  const saturday = form.getByRole('group', { name: 'Суббота' });
  await saturday.getByRole('button', { name: 'Добавить часы' }).click();
  await saturday.getByLabel('С', { exact: true }).fill('22:00');
  await saturday.getByLabel('До', { exact: true }).fill('06:00');
  await saturday.getByText('до следующего дня').waitFor();
  await button(page, 'Добавить дни').click();
  await form.getByLabel('Первый день').fill('2026-05-09');
  await form.getByRole('button', { name: 'Добавить рабочее время' }).click();
  await form.waitFor({ state: 'hidden' });
  await page.getByText('Сб 22:00–06:00').waitFor();
  await page.getByText('Пн–Пт 09:00–18:00').waitFor();
  expect(known().schedules[0]).toMatchObject({ exceptions: [{ first: '2026-05-09', last: '2026-05-09' }] });
});
