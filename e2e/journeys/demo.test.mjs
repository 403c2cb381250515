// The demo site's journey: from an advertisement to an order, and all of it on one visitor card.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { launch, openWindow, picture, screenshots, settled } from './support/browser.mjs';
import { Cabinet } from './support/cabinet.mjs';
import { startDemo } from './support/program.mjs';
import { stepsOf } from './support/steps.mjs';

const arrival = '/?utm_source=yandex&utm_medium=cpc&utm_campaign=okna_search&utm_term=%D0%BE%D0%BA%D0%BD%D0%B0';

describe('from an advertisement to an order on the demo site', () => {
  let demo, browser, mine, theirs, cabinet;
  const step = stepsOf('demo', () => [mine, theirs], () => demo?.program);

  before(async () => {
    demo = await startDemo();
    browser = await launch();
    mine = await openWindow(browser);
    theirs = await openWindow(browser);
    cabinet = new Cabinet(mine.page, demo.url);
    await cabinet.open();
    await cabinet.signIn(demo);
    await cabinet.signedIn();
  });
  after(async () => {
    await browser?.close();
    await demo?.program.stop();
    console.log(`screenshots: ${screenshots}`);
  });

  /** Waits until the script has got its ids, which the site's forms need. */
  const counted = () => theirs.page.waitForFunction(() => window.Comagic?.getCredentials?.().hit_id);

  step('TR-1 TR-2 they land from an advertisement', async () => {
    await theirs.page.goto(demo.site + arrival);
    await counted();
    await picture(theirs.page, 'demo-1-landing');
  });

  step('TR-7 a button reports an event that is a goal', async () => {
    await theirs.page.getByRole('button', { name: 'Рассчитать стоимость' }).click();
    await theirs.page.getByText('от 14 900 ₽ за окно').waitFor();
  });

  step('TR-2 they look around in the section that never reloads', async () => {
    await theirs.page.getByRole('link', { name: 'Каталог' }).click();
    await counted();
    for (const name of ['Одностворчатое', 'Балконный блок']) {
      const before = await theirs.page.evaluate(() => Comagic.getCredentials().hit_id);
      await theirs.page.getByRole('link', { name }).click();
      await theirs.page.waitForFunction((last) => ![undefined, last].includes(Comagic.getCredentials().hit_id), before);
    }
    await picture(theirs.page, 'demo-2-catalog');
  });

  step('TR-3 a form that does not reload passes name and phone', async () => {
    await theirs.page.getByRole('link', { name: 'Главная' }).click();
    await counted();
    await theirs.page.getByLabel('Имя').fill('Мария');
    await theirs.page.getByLabel('Телефон').fill('8 (926) 244-43-93');
    await theirs.page.getByRole('button', { name: 'Жду звонка' }).click();
    await theirs.page.getByText('Спасибо, перезвоним!').waitFor();
    await picture(theirs.page, 'demo-3-callback');
  });

  step('TR-4 TR-5 TR-8 a form that reloads passes contacts and a request through the shop\'s own back end', async () => {
    await theirs.page.getByRole('link', { name: 'Заказ' }).click();
    await theirs.page.waitForFunction(() => document.querySelector('[name=hit_id]')?.value);
    await theirs.page.getByLabel('Имя').fill('Мария Кузнецова');
    await theirs.page.getByLabel('Телефон').fill('+7 495 123-45-67');
    await theirs.page.getByLabel('Почта').fill('maria@example.com');
    await theirs.page.getByLabel('Пожелания').fill('Четыре окна и балконная дверь');
    await theirs.page.getByRole('button', { name: 'Заказать' }).click();
    await theirs.page.getByRole('heading', { name: 'Спасибо за заказ!' }).waitFor();
    await counted();
    await picture(theirs.page, 'demo-4-thanks');
  });

  step('TR-1 TR-2 TR-3 TR-4 TR-5 TR-6 TR-7 TR-8 the visitor card shows all of it', async () => {
    await cabinet.go('shell.nav.visitors');
    await mine.page.getByRole('link', { name: 'Мария Кузнецова' }).first().click();
    await cabinet.heading('Мария Кузнецова').waitFor();
    await settled(mine.page);

    const contacts = cabinet.panel('visitors.contacts.title');
    for (const name of [/926.* 244-43-93/, /495.* 123-45-67/, 'maria@example.com']) await contacts.getByRole('link', { name }).waitFor();

    const visits = cabinet.panel('visitors.sessions.title');
    assert.equal(await visits.getByRole('button', { name: cabinet.t('visitors.sessions.number', { number: 1 }) }).count(), 1);
    await visits.getByText(/yandex.*okna_search/).first().waitFor();
    await visits.getByText('Директ: поиск', { exact: true }).waitFor();
    await visits.getByText('окна', { exact: true }).waitFor();
    const pages = await visits.getByRole('list').last().getByRole('link').allInnerTexts();
    const wanted = ['Окна «Светлица» — демонстрационный сайт', 'Каталог окон', 'Одностворчатое окно — каталог', 'Балконный блок окно — каталог', 'Заказ', 'Спасибо за заказ'];
    for (const title of wanted) assert.ok(pages.some((text) => text.includes(title)), `${title} is not among ${pages.join(' | ')}`);

    for (const name of ['Расчёт в калькуляторе', cabinet.t('goals.system.OFFLINE_REQUEST'), cabinet.t('goals.system.VISITOR_INFO')]) {
      await cabinet.panel('visitors.goals.title').getByText(name, { exact: true }).first().waitFor();
    }
    const communications = cabinet.panel('visitors.communications.title');
    await communications.getByText('Четыре окна и балконная дверь').waitFor();
    await picture(mine.page, 'demo-5-card');
    await communications.getByRole('button', { name: /Четыре окна/ }).click();
    const details = mine.page.getByRole('dialog', { name: cabinet.t('communications.details.title') });
    for (const text of ['Заказ', 'Мария Кузнецова', 'maria@example.com', 'Директ: поиск']) await details.getByText(text, { exact: true }).first().waitFor();
    await picture(mine.page, 'demo-6-request');
  });

  step('TR-8 the request is among all communications', async () => {
    await cabinet.open('/communications');
    await mine.page.getByRole('table').getByText('Четыре окна и балконная дверь').waitFor();
    await settled(mine.page);
    await picture(mine.page, 'demo-7-communications');
  });

  step('nothing went wrong in either window on the way', () => {
    assert.deepEqual(mine.problems, []);
    assert.deepEqual(theirs.problems, []);
  });
});
