// Goals become deals in Bitrix24, by an incoming web hook first, then by a local application, whose portal tells of changes by itself.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { eventually, openWindow, picture } from './support/browser.mjs';
import { engines } from './support/database.mjs';
import { host, Shop } from './support/shop.mjs';
import { stepsOf } from './support/steps.mjs';

const engine = engines.at(-1);

describe(`goals become deals in Bitrix24, ${engine}, en`, () => {
  const shop = new Shop({ journey: 'bitrix24', engine, language: 'en', crm: 'bitrix24' });
  const step = stepsOf('bitrix24', () => [...shop.windows, portal], () => shop.started?.program);
  let cabinet, page, integrations, crm, t, path, portal;
  before(async () => {
    await shop.open();
    ({ cabinet, page, integrations, crm } = shop);
    ({ t } = cabinet);
  });
  after(() => shop.close());

  const titleOf = (name) => `Asked for the price: ${name} (${host})`;
  const dealsOf = async (name) => (await crm.rows('deals')).filter((deal) => deal.TITLE === titleOf(name));

  /** Somebody orders; the deal, which must be in Bitrix24 within two seconds. */
  async function orderIsDeal(run, name, phone, tags) {
    const sent = await shop.order(name, phone, tags);
    const [deal] = await eventually(() => dealsOf(name), (deals) => deals.length > 0, `a deal of ${name}`);
    const took = Date.now() - sent;
    run.diagnostic(`the deal is in Bitrix24 ${took} ms after the order`);
    assert.ok(took < 2000, `${took} ms`);
    return deal;
  }

  step('CA-2 an incoming web hook: the page says what is off with it', async () => {
    await crm.act('set_mode', { mode: 'simple' });
    await shop.setUp('Asked for the price');
    await integrations.begin('Bitrix24');
    await integrations.at('Access');
    await page.getByText('What is off with a web hook').waitFor();
    await shop.shot('1-access');
    await integrations.fill('Address of the web hook', `${crm.url}/rest/1/wrongwrongwrong1/`);
    await integrations.next();
    await page.getByRole('alert').getByText(t('integrations.advice.BAD_KEY')).waitFor();
    await shop.shot('2-bad-hook');
    await integrations.fill('Address of the web hook', crm.credentials.webhook);
    await integrations.next('Goals');
    await page.getByText(t('integrations.test.missing')).waitFor();
    assert.ok((await page.getByRole('status').filter({ hasText: t('integrations.test.missing') }).innerText()).includes(t('integrations.capability.WEBHOOKS')));
    await shop.shot('3-off');
  });

  step('CA-2 GD-1 goals, deal, fields and reports are chosen, what would be sent is shown, it is switched on', async () => {
    await integrations.chooseSome('Goals', 'Asked for the price');
    await integrations.next('Deal');
    await cabinet.choose('Funnel', 'Общая');
    await cabinet.choose('Stage', 'Новая');
    await shop.shot('4-deal');
    await integrations.next('Fields');
    await shop.shot('5-fields');
    await integrations.next('Reports');
    await integrations.next(t('integrations.wizard.finish'));
    await page.getByText(/crm\.deal\.add|crm\.item\.add/).first().waitFor();
    await shop.shot('6-preview');
    path = await integrations.switchOn();
    await integrations.state('ACTIVE').waitFor();
    await page.getByText(t('integrations.import.finished', { months: 3, done: 4 })).waitFor();
    await shop.shot('7-on');
  });

  step('GD-2 TR-3 TR-7 a goal with contacts is a deal with its source within two seconds', async (run) => {
    const deal = await orderIsDeal(run, 'Anna Green', '8 (926) 244-43-93');
    assert.deepEqual([deal.STAGE_ID, deal.UTM_SOURCE, deal.UTM_CAMPAIGN], ['NEW', 'yandex', 'spring']);
    await eventually(() => crm.rows('comments'), (comments) => comments.some((comment) => comment['К чему'].endsWith(` ${deal.ID}`) && comment['Текст'].includes('spring')), 'its comment');
    await crm.act('move_deal', { id: deal.ID, stage: 'WON', sum: '90000' });
  });

  step('GD-4 AN-2 AN-7 read at once, what was sold is revenue of the advertisement', async () => {
    await cabinet.open(path);
    await integrations.press('integrations.action.sync');
    await shop.reportShows('yandex', [1, 1, 90000]);
    await shop.shot('8-report');
    assert.deepEqual(await shop.touchesOf(titleOf('Anna Green')), [['yandex', 'spring', 1, '90000.00']]);
  });

  step('CA-2 the journal shows requests and answers, and not the web hook', async () => {
    await integrations.waitFor(path, 'Anna Green', 'DONE');
    const details = await integrations.open('Anna Green');
    for (const summary of await details.locator('summary').all()) await summary.click();
    await details.getByText('ORIGIN_ID', { exact: false }).first().waitFor();
    const text = await details.innerText();
    const secret = crm.credentials.webhook.split('/').at(-2);
    assert.match(text, /rest\/1\//);
    assert.ok(!text.includes(secret), text);
    await shop.shot('9-job');
    await integrations.close(details);
  });

  step('CA-2 the same portal is connected as a local application, which it installs', async () => {
    await cabinet.open(`${path}?tab=settings-access`);
    await cabinet.choose('Way to connect', 'local application');
    await integrations.fill('Address of the portal', crm.credentials.address);
    await integrations.fill('Application ID (client_id)', crm.credentials.client_id);
    await integrations.fill('Application key (client_secret)', crm.credentials.client_secret);
    await integrations.fill('Authorization server', crm.url);
    const addresses = await page.locator('code').allInnerTexts();
    const handler = addresses.find((address) => address.includes('/hooks/'));
    const redirect = addresses.find((address) => address.endsWith('/integrations/authorized'));
    await integrations.save();
    await shop.shot('10-application');
    portal = await openWindow(shop.browser);
    await portal.page.goto(`${crm.url}/devops/application/`);
    await portal.page.getByLabel('Путь для первоначальной установки').fill(handler);
    await portal.page.getByLabel('Адрес возврата после авторизации').fill(redirect);
    await picture(portal.page, 'bitrix24-11-portal');
    await portal.page.getByRole('button', { name: 'Установить' }).click();
    await portal.page.getByText(/обработчик ответил: .*200/).waitFor();
    await cabinet.open(path);
    await integrations.press('integrations.action.test');
    await page.getByRole('status').getByText(/^Connected/).waitFor();
    assert.equal(await page.getByText(t('integrations.test.missing')).count(), 0);
    await shop.shot('12-installed');
  });

  step('CA-2 the button leads to the portal and back', async () => {
    await cabinet.open(`${path}?tab=settings-access`);
    await page.getByRole('button', { name: 'Allow access', exact: true }).click();
    await page.getByLabel('Сотрудник').selectOption({ label: 'Марина Ковалёва' });
    await page.getByRole('button', { name: 'Разрешить', exact: true }).click();
    await page.getByText(t('integrations.authorize.granted')).waitFor();
    await integrations.state('ACTIVE').waitFor();
    await eventually(() => crm.rows('handlers'), (handlers) => handlers.some((handler) => handler['Событие'] === 'ONCRMDEALUPDATE'), 'the application asks for events');
  });

  step('GD-2 GD-4 AN-2 now a change in Bitrix24 is in the report by itself', async (run) => {
    const deal = await orderIsDeal(run, 'Boris Hill', '8 (926) 244-43-94', 'utm_source=vk&utm_medium=social&utm_campaign=summer');
    await crm.act('move_deal', { id: deal.ID, stage: 'WON', sum: '15000.50' });
    await shop.reportShows('vk', [1, 1, 15000.5]);
    await shop.reportShows('yandex', [1, 1, 90000]);
    await shop.shot('13-report');
    assert.deepEqual(await shop.touchesOf(titleOf('Boris Hill')), [['vk', 'summer', 1, '15000.50']]);
  });

  step('GD-4 deals are counted alike here and there', async () => {
    await integrations.agrees(path, 6);
    await shop.shot('14-check');
  });

  step('nothing went wrong in the cabinet on the way', () => assert.deepEqual(shop.mine.problems, []));
});
