import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knownCaller, newCalls, popUpOf, tell } from './backend/calls';
import { newEmployees } from './backend/employees';
import { fullState, type State } from './backend/state';
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

const state = (): State => ({
  ...fullState(),
  signedIn: '1',
  employees: newEmployees(false),
  calls: newCalls(false),
});

async function open(path: string): Promise<Page> {
  const page = await stage.open(path, state());
  await settled(page);
  return page;
}

const known = () => stage.server.state.calls;
/** Waits until somebody listens for cards, `count` tabs in all. */
const listening = () => expect.poll(() => known().popUpListeners.size).toBeGreaterThan(0);

test('CA-3 the list shows lost calls nobody called back, and calls back by click', async () => {
  const page = await open('/calls');
  await page.getByText('Неоднозначно').waitFor();
  await page.getByText('Не перезвонили', { exact: true }).click();
  await expect.poll(() => page.url()).toContain('?lost=yes&back=no');
  await expect.poll(() => page.getByRole('row').count()).toBe(3);
  known().refusal = 'employee_not_free';
  await page.getByRole('button', { name: /^Перезвонить: 79261112233/ }).click();
  await page.getByText('Сотрудник занят или у него статус').waitFor();
  known().refusal = null;
  await page.getByRole('button', { name: /^Перезвонить: 79261112233/ }).click();
  await page.getByText('Снимите трубку').waitFor();
  expect(known().commands).toEqual([{ phone: '79261112233', callbackOf: '501' }]);
  expect(stage.errors).toEqual([]);
});

test('CA-3 a recording is played, sought by keyboard and mouse, and sped up', async () => {
  const page = await open('/calls/500');
  const player = page.getByRole('group', { name: 'Запись разговора 1' });
  const slider = player.getByRole('slider');
  await player.getByRole('button', { name: /^Слушать: / }).click();
  await player.getByRole('button', { name: /^Пауза: / }).waitFor();
  await expect.poll(async () => Number(await slider.getAttribute('aria-valuemax'))).toBe(8);
  await player.getByRole('button', { name: /^Пауза: / }).click();
  await slider.press('End');
  await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('8');
  await slider.press('ArrowLeft');
  await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('3');
  const box = await slider.boundingBox();
  await slider.click({ position: { x: (box?.width ?? 0) * 0.75, y: 10 } });
  await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('6');
  await player.getByRole('combobox', { name: 'Скорость' }).selectOption('1.5');
  expect(
    await page
      .locator('audio')
      .first()
      .evaluate((audio: HTMLAudioElement) => audio.playbackRate),
  ).toBe(1.5);
  expect(await player.getByRole('link', { name: /^Скачать запись/ }).getAttribute('href')).toBe(
    '/recordings/980',
  );
  expect(stage.errors).toEqual([]);
});

test('CA-3 an ambiguous call is counted to a candidate by hand, and the correction is kept', async () => {
  const page = await open('/calls/501');
  await page.getByRole('button', { name: 'Исправить' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /Посетитель 101/ }).check();
  await dialog.getByRole('button', { name: 'Сохранить' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('Исправлено вручную').first().waitFor();
  await page.getByText('Неоднозначно → Яндекс Директ: весна').waitFor();
});

test('RC-1 MP-1 a card shows the known caller, follows the call, and is closed with Esc', async () => {
  const page = await open('/sites');
  await listening();
  tell(known(), knownCaller('RINGING'));
  const card = page.getByRole('article', { name: 'Вам звонят: Мария Кузнецова' });
  await card.waitFor();
  expect(await page.getByRole('status').first().innerText()).toBe('Вам звонят: Мария Кузнецова');
  expect(await card.innerText()).toContain('Яндекс Директ: весна');
  expect(await card.innerText()).toContain('Букет на юбилей');
  tell(known(), knownCaller('ANSWERED'));
  const answered = page.getByRole('article', { name: 'Разговор: Мария Кузнецова' });
  await answered.getByRole('button', { name: /^Удержать/ }).click();
  await answered.getByRole('button', { name: /^Снять с удержания/ }).waitFor();
  expect(known().commands).toMatchObject([{ callId: '510', action: 'HOLD' }]);
  await page.keyboard.press('Escape');
  await answered.waitFor({ state: 'hidden' });
  // What was closed does not come back but for a lost call.
  tell(known(), knownCaller('ENDED'));
  tell(known(), { ...knownCaller('LOST'), id: '510:lost' });
  await page.getByRole('article', { name: /^Пропущенный звонок/ }).waitFor();
  expect(stage.errors).toEqual([]);
});

test('RC-3 a lost call is called back from its card; unknown callers and hidden numbers are said to be such', async () => {
  const page = await open('/sites');
  await listening();
  const [, , lost, , , hidden] = known().calls;
  tell(known(), popUpOf({ ...hidden }, 'RINGING'));
  await page.getByRole('article', { name: 'Вам звонят: Номер скрыт' }).waitFor();
  tell(known(), popUpOf({ ...lost }, 'LOST'));
  const card = page.getByRole('article', { name: /^Пропущенный звонок/ });
  await card.getByText('Неизвестный контакт').waitFor();
  await card.getByRole('button', { name: /^Перезвонить/ }).click();
  await expect.poll(() => known().commands).toEqual([{ phone: '79261112233', callbackOf: '501' }]);
});

test('RC-1 of several tabs one listens, the one looked at shows the card, and closing closes it in all', async () => {
  const first = await open('/sites');
  await listening();
  const second = await first.context().newPage();
  try {
    await second.goto(`${stage.server.url}/visitors`);
    await settled(second);
    await second.bringToFront();
    await second.evaluate('window.dispatchEvent(new Event("focus"))');
    expect(known().popUpListeners.size).toBe(1);
    tell(known(), knownCaller('RINGING'));
    const cards = [first, second].map((page) => page.getByRole('article'));
    await expect
      .poll(async () => (await Promise.all(cards.map((card) => card.count()))).reduce((a, b) => a + b))
      .toBe(1);
    // The tab that listened goes: the other listens, and is told again of what rings.
    known().ringing = [knownCaller('RINGING')];
    await first.goto('about:blank');
    await expect.poll(() => second.getByRole('article').count()).toBe(1);
    await expect.poll(() => known().popUpListeners.size).toBe(1);
    await second.keyboard.press('Escape');
    await expect.poll(() => second.getByRole('article').count()).toBe(0);
  } finally {
    await second.close();
  }
});

test('the monitor follows calls and employees, and transfers', async () => {
  const page = await open('/monitor');
  await page.getByRole('link', { name: 'Ольга Петрова' }).waitFor();
  await page.getByRole('button', { name: /^Перевести/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Или на номер' }).fill('102');
  await dialog.getByRole('button', { name: 'Перевести' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(known().commands).toEqual([{ callId: '505', action: 'TRANSFER', toNumber: '102' }]);
  known().calls.splice(0, 1);
  known().changeListeners.forEach((listener) => listener());
  await page.getByText('Сейчас никто не звонит').waitFor();
  expect(stage.errors).toEqual([]);
});

test('a PBX is attached: the secret is shown once; the connection is switched off and deleted', async () => {
  const page = await open('/telephony');
  await page.getByRole('link', { name: 'Добавить' }).click();
  await page.getByRole('button', { name: 'Далее' }).click();
  await page.getByRole('textbox', { name: 'Адрес для команд' }).fill('https://pbx.company.example');
  await page.getByRole('button', { name: 'Подключить', exact: true }).click();
  await expect
    .poll(() => page.getByRole('textbox', { name: 'Секрет подписи' }).inputValue())
    .toMatch(/^whsec_/);
  await page.getByRole('link', { name: 'Готово' }).click();
  await page.getByText('Ждём первых событий').waitFor();
  expect(await page.getByText('whsec_').count()).toBe(0);
  await page.getByRole('button', { name: 'Выключить' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Выключить' }).click();
  await page.getByText('Выключено').waitFor();
  await page.getByRole('button', { name: 'Удалить', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click();
  await page.getByRole('heading', { name: 'Телефония' }).waitFor();
  expect(known().connections.length).toBe(3);
});
