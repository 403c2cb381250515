import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from './backend/server';
import { fullState, type State } from './backend/state';
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

async function open(path: string, state: State = { ...fullState(), signedIn: '1' }): Promise<Page> {
  const page = await stage.open(path, state);
  await settled(page);
  return page;
}

const search = (page: Page) => new URL(page.url()).searchParams;
const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
const choose = async (page: Page, label: string, option: string) => {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const button = (at: Page | Locator, name: string | RegExp) => at.getByRole('button', { name });
/** Figures of a row as plain numbers. */
const figures = async (at: Locator) => {
  const texts = await at.first().getByRole('cell').allInnerTexts();
  return texts.map((text) => Number((text.split('\n')[0] ?? '').replace(/[^\d,−-]/g, '').replace(',', '.')));
};

test('AN-2 rows open level by level, and those below add up to the row', async () => {
  const page = await open('/reports/end-to-end?cols=visits,deals');
  await button(page, 'Раскрыть: Платные клики').click();
  await row(page, 'yandex').waitFor();
  expect(await figures(row(page, 'yandex'))).toEqual(await figures(row(page, 'Платные клики')));
  await button(page, 'Раскрыть: yandex').click();
  await row(page, 'Яндекс Директ: весна').waitFor();
  await button(page, 'Свернуть: Платные клики').click();
  await expect.poll(() => row(page, 'yandex').count()).toBe(0);
});

test('AN-2 another attribution model changes the figures, not the total', async () => {
  const page = await open('/reports/end-to-end?cols=deals&period=days90');
  const total = await figures(row(page, 'Итого'));
  const [direct = 0] = await figures(row(page, 'Прямые заходы'));
  expect(direct).toBeGreaterThan(0);
  await choose(page, 'Модель атрибуции', 'Первый клик');
  await expect.poll(() => search(page).get('model')).toBe('first_click');
  await expect.poll(() => figures(row(page, 'Прямые заходы'))).toEqual([0]);
  expect(await figures(row(page, 'Итого'))).toEqual(total);
});

test('AN-2 a click on a heading sorts, another turns round, a third goes back', async () => {
  const page = await open('/reports/end-to-end?cols=visits,revenue&dims=channel');
  const heading = page.getByRole('columnheader', { name: 'Выручка' });
  const revenues = async () => {
    const rows = await page.locator('tbody tr').all();
    return Promise.all(rows.map(async (at) => (await figures(at))[1] ?? 0));
  };
  await button(heading, 'Выручка').click();
  await expect.poll(() => heading.getAttribute('aria-sort')).toBe('descending');
  await settled(page);
  const falling = await revenues();
  expect(falling).toEqual([...falling].sort((a, b) => b - a));
  await button(heading, 'Выручка').click();
  await expect.poll(() => heading.getAttribute('aria-sort')).toBe('ascending');
  await expect.poll(revenues).toEqual([...falling].reverse());
  await button(heading, 'Выручка').click();
  await expect.poll(() => heading.getAttribute('aria-sort')).toBeNull();
});

test('AN-2 dimensions are added, moved and removed by keyboard', async () => {
  const page = await open('/reports/end-to-end?dims=channel,source');
  await button(page, 'Ниже: Канал').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => search(page).get('dims')).toBe('source,channel');
  await page.getByText('Канал: место 2 из 2').waitFor();
  await button(page, 'Добавить группировку').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Найти группировку').fill('устр');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => search(page).get('dims')).toBe('source,channel,device');
  await button(page, 'Убрать: Источник').click();
  await expect.poll(() => search(page).get('dims')).toBe('channel,device');
});

test('AN-2 columns are chosen, ordered and given models of their own', async () => {
  const page = await open('/reports/end-to-end?cols=visits,deals');
  await button(page, 'Столбцы').click();
  const dialog = page.getByRole('dialog', { name: 'Столбцы таблицы' });
  await dialog.getByLabel('Найти показатель').fill('выруч');
  await dialog.getByLabel('Выручка', { exact: true }).check();
  await button(dialog, 'Выше: Выручка').click();
  await button(dialog, 'Ещё раз с другой моделью: Сделки').click();
  await dialog.getByRole('combobox', { name: 'Модель: Сделки' }).last().click();
  await page.getByRole('option', { name: 'Линейная' }).click();
  await button(dialog, 'Применить').click();
  await expect.poll(() => search(page).get('cols')).toBe('visits,revenue,deals,deals.linear');
  await page.getByRole('columnheader', { name: 'Сделки Линейная' }).waitFor();
});

test('AN-2 a condition narrows the report and stands in the address', async () => {
  const page = await open('/reports/end-to-end?cols=visits&dims=channel');
  await button(page, 'Условия').click();
  const dialog = page.getByRole('dialog', { name: 'Условия отчёта' });
  await button(dialog, 'Условие').click();
  expect(await button(dialog, 'Применить').isDisabled()).toBe(true);
  await dialog.getByRole('combobox', { name: 'Значения' }).click();
  await page.getByRole('option', { name: 'Поиск', exact: true }).click();
  await page.keyboard.press('Escape');
  await button(dialog, 'Применить').click();
  await expect.poll(() => search(page).get('filter')).toBe('{"all":[["channel","IS","organic"]]}');
  await expect.poll(() => row(page, 'Платные клики').count()).toBe(0);
  await row(page, 'Поиск').waitFor();
  await button(page, 'Условия: 1').click();
  await button(dialog, 'Убрать все').click();
  await row(page, 'Платные клики').waitFor();
});

test('AN-2 a figure opens the rows it was made of, and they add up to it', async () => {
  const page = await open('/reports/end-to-end?cols=deals.linear&dims=channel&period=days90');
  const cell = row(page, 'Платные клики').getByRole('cell').first();
  const value = (await cell.innerText()).trim();
  await button(cell, value).click();
  const dialog = page.getByRole('dialog', { name: 'Из чего сложилось' });
  await dialog.getByText(`Сумма вкладов: ${value}`).waitFor();
  await dialog.getByText('Платные клики').waitFor();
  expect(await dialog.getByRole('link', { name: 'Заказ № 800' }).getAttribute('href')).toBe('/deals/800');
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
});

test('AN-2 the period before stands beside each figure with a sign and in words', async () => {
  const page = await open('/reports/end-to-end?cols=visits&dims=channel');
  await choose(page, 'Сравнить', 'С предыдущим периодом');
  await expect.poll(() => search(page).get('compare')).toBe('previous');
  await row(page, 'Итого')
    .getByText(/^было \d+$/)
    .waitFor();
  await page
    .getByText(/[▲▼] [+-]\d/)
    .first()
    .waitFor();
  await row(page, 'Итого').getByRole('button').first().click();
  const dialog = page.getByRole('dialog', { name: 'Из чего сложилось' });
  await dialog.getByText('Период сравнения').click();
  await dialog.getByText(/^Сумма вкладов: \d+$/).waitFor();
});

test('AN-2 a view is saved, shared, opened by its link and deleted', async () => {
  const page = await open('/reports/end-to-end?cols=visits,deals.linear&dims=source&period=days7');
  await button(page, 'Виды').click();
  await page.getByRole('menuitem', { name: 'Сохранить как новый' }).click();
  const dialog = page.getByRole('dialog', { name: 'Новый вид' });
  await dialog.getByLabel('Название').fill('Линейная по источникам');
  await dialog.getByLabel('Виден всем в аккаунте').check();
  await button(dialog, 'Сохранить').click();
  await button(page, 'Линейная по источникам').waitFor();
  const view = server.state.reports.views.at(-1);
  expect(view).toMatchObject({ name: 'Линейная по источникам', isShared: true, report: 'END_TO_END' });

  await page.goto(`${server.url}/reports/views/${view?.id}`);
  await page.getByRole('columnheader', { name: 'Сделки Линейная' }).waitFor();
  expect(search(page).get('dims')).toBe('source');
  expect(search(page).get('view')).toBe(view?.id);

  await button(page, 'Линейная по источникам').click();
  await page.getByRole('menuitem', { name: 'Переименовать' }).click();
  await page.getByRole('dialog').getByLabel('Название').fill('По источникам');
  await button(page.getByRole('dialog'), 'Сохранить').click();
  await button(page, 'По источникам').click();
  await page.getByRole('menuitem', { name: 'Удалить' }).click();
  await button(page.getByRole('dialog'), 'Удалить').click();
  await button(page, 'Виды').waitFor();
  expect(server.state.reports.views.map(({ id }) => id)).toEqual(['300']);
});

test('a link to a view that is gone says so', async () => {
  const state = { ...fullState(), signedIn: '1' };
  state.failing.set('ReportView', { code: 'NOT_FOUND', reason: 'not_found' });
  const page = await open('/reports/views/999', state);
  await page.getByRole('alert').waitFor();
});

test('AN-2 a formula shows where it is wrong, then becomes a column', async () => {
  const page = await open('/reports/end-to-end?cols=visits');
  await button(page, 'Столбцы').click();
  await button(page, 'Добавить формулу').click();
  const dialog = page.getByRole('dialog', { name: 'Свой показатель' });
  await dialog.getByLabel('Название').fill('Выручка на сделку');
  await dialog.getByLabel('Формула').fill('revenue / visit');
  await button(dialog, 'Сохранить').click();
  await dialog.getByText('Ошибка на знаке 11: «visit»').waitFor();
  await dialog.getByLabel('Формула').fill('revenue / deals');
  await button(dialog, 'Сохранить').click();
  await expect.poll(() => server.state.reports.formulas.length).toBe(1);
  const columns = page.getByRole('dialog', { name: 'Столбцы таблицы' });
  await button(columns, 'Применить').click();
  await page.getByRole('columnheader', { name: 'Выручка на сделку' }).waitFor();
});

test('AN-2 files are asked for by the question of the table', async () => {
  const page = await open('/reports/end-to-end?cols=visits,deals.linear&dims=channel');
  const address = await page.getByRole('link', { name: 'Выгрузить CSV' }).getAttribute('href');
  const request = new URL(address ?? '', server.url).searchParams.get('request') ?? '';
  expect(JSON.parse(Buffer.from(request, 'base64url').toString('utf8'))).toMatchObject({
    report: 'END_TO_END',
    dimensions: ['channel'],
    columns: [{ metric: 'visits' }, { metric: 'deals', model: 'linear' }],
  });
  expect(await page.getByRole('link', { name: 'Выгрузить XLSX' }).getAttribute('href')).toMatch(
    /^\/export\/report\.xlsx\?request=/,
  );
});

test('AN-1 the parts of deal analysis are tabs that stand in the address', async () => {
  const page = await open('/reports/deals');
  await page.getByText('Успешные сделки').waitFor();
  await page.getByRole('tab', { name: 'Итоги' }).focus();
  for (const name of ['Таблица', 'Динамика', 'Воронка', 'Цикл', 'Сотрудники', 'Список']) {
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => page.getByRole('tab', { name }).getAttribute('aria-selected'), { message: name })
      .toBe('true');
  }
  expect(search(page).get('tab')).toBe('list');
  await page.getByRole('link', { name: 'Заказ № 800' }).waitFor();
});

test('AN-1 AN-5 the funnel shows what a deal costs at each stage and how that changes', async () => {
  const page = await open('/reports/deals?tab=funnel');
  const table = page.getByRole('region', { name: 'Путь сделок по этапам: таблица' });
  await table.getByRole('columnheader', { name: 'Рост цены' }).waitFor();
  const costs = await Promise.all(
    ['Новая', 'Счёт выставлен', 'Оплачена'].map(async (name) => (await figures(row(page, name)))[4] ?? 0),
  );
  expect(costs).toEqual([...costs].sort((a, b) => a - b));
  await page.getByRole('img', { name: /^Путь сделок по этапам: график/ }).waitFor();
});

test('AN-3 every chart of the paths has its data as a table', async () => {
  const page = await open('/reports/associated?tab=paths&period=days90');
  await page.getByRole('img').first().waitFor();
  const charts = await page.getByRole('figure').count();
  expect(charts).toBe(3);
  for (const figure of await page.getByRole('figure').all()) {
    await figure.getByText('Те же данные таблицей').click();
    expect(await figure.getByRole('row').count()).toBeGreaterThan(1);
  }
  await page.getByText('Источники', { exact: true }).click();
  await expect.poll(() => search(page).get('unit')).toBe('source');
});

test('AN-3 the deals of a path, of a length and of a time open', async () => {
  const page = await open('/reports/associated?tab=paths&period=days90');
  const dialog = page.getByRole('dialog', { name: 'Из чего сложилось' });
  const opens = async (region: Locator) => {
    const figure = region.getByRole('row').nth(1).getByRole('button');
    const deals = (await figure.innerText()).trim();
    await figure.click();
    await dialog.getByText(`Сумма вкладов: ${deals}`).waitFor();
    expect(await dialog.getByRole('link', { name: /^Заказ № / }).count()).toBe(Number(deals));
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
  };
  await opens(page.getByRole('region', { name: 'Частые пути: таблица' }));
  for (const name of ['Длина пути', 'Время до сделки']) {
    await page
      .getByRole('figure')
      .filter({ has: page.getByRole('img', { name: new RegExp(`^${name}`) }) })
      .getByText('Те же данные таблицей')
      .click();
    await opens(page.getByRole('region', { name: `${name}: таблица` }));
  }
});

test('AN-1 the deals of a month of the dynamics open', async () => {
  const page = await open('/reports/deals?tab=dynamics&period=days90&step=month');
  await page.getByText('Те же данные таблицей').first().click();
  const figure = page
    .getByRole('region', { name: 'Динамика сделок: таблица' })
    .getByRole('row')
    .last()
    .getByRole('button')
    .first();
  const deals = (await figure.innerText()).trim();
  await figure.click();
  const dialog = page.getByRole('dialog', { name: 'Из чего сложилось' });
  await dialog.getByText(`Сумма вкладов: ${deals}`).waitFor();
});

test('AN-4 models stand side by side with the difference to a chosen one', async () => {
  const page = await open('/reports/models?models=last_click,linear&metrics=deals&period=days90');
  await choose(page, 'Сравнить с моделью', 'Последний клик');
  await expect.poll(() => search(page).get('base')).toBe('last_click');
  const paid = row(page, 'Платные клики').first();
  const [last = 0, linear = 0] = await figures(paid);
  const percent = Math.round((linear / last - 1) * 100);
  await paid.getByText(new RegExp(`▲ \\+${percent}\\s%`)).waitFor();
  await page.getByText('В единицах', { exact: true }).click();
  await paid.getByText(`▲ +${String(linear - last).replace('.', ',')}`).waitFor();
  await page.getByText('2 шага').click();
  await expect.poll(() => search(page).get('order')).toBe('2');
});

test('IC-7 a CRM of appointments renames deals', async () => {
  const state = { ...fullState(), signedIn: '1' };
  state.reports.terms = 'APPOINTMENTS';
  const page = await open('/reports/deals?tab=table', state);
  await page.getByRole('heading', { level: 1, name: 'Анализ записей' }).waitFor();
  await page.getByRole('columnheader', { name: 'От записи до визита' }).waitFor();
});

test('reports are not for operators', async () => {
  const state = { ...fullState(), signedIn: '1' };
  state.users.forEach((user) => (user.role = 'OPERATOR'));
  const page = await open('/reports/end-to-end', state);
  expect(new URL(page.url()).pathname).toBe('/');
  expect(await page.getByRole('link', { name: 'Сквозная аналитика' }).count()).toBe(0);
});
