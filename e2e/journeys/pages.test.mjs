// Every page of the cabinet with real data: in both languages, both colour schemes, at a desk and on a phone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { accessibilityFaults, launch, openWindow, picture, screenshots, settled, sidewaysScroll } from './support/browser.mjs';
import { Cabinet } from './support/cabinet.mjs';
import { emulatorsAt } from './support/emulators.mjs';
import { Integrations } from './support/integrations.mjs';
import { startDemo } from './support/program.mjs';

/** Opens the rows behind a table's first figure, in place of a button's text. */
const firstFigure = 'first figure';

/** Pages by name: their address, and what is opened on them. `given` holds the ids found in the demo's data. */
const pages = [
  { name: 'overview', path: () => '/' },
  { name: 'sites', path: () => '/sites' },
  { name: 'site-form', path: () => '/sites', opens: 'sites.list.add' },
  { name: 'site-snippet', path: ({ site }) => site },
  { name: 'site-goals', path: ({ site }) => `${site}/goals` },
  { name: 'site-goal-form', path: ({ site }) => `${site}/goals`, opens: 'goals.list.add' },
  { name: 'site-campaigns', path: ({ site }) => `${site}/campaigns` },
  { name: 'site-campaign-form', path: ({ site }) => `${site}/campaigns`, opens: 'campaigns.list.add' },
  { name: 'site-settings', path: ({ site }) => `${site}/settings` },
  { name: 'live', path: ({ pageSite }) => `/visitors/live?site=${pageSite.split('/').at(-1)}` },
  { name: 'visitors', path: () => '/visitors' },
  { name: 'visitors-filtered', path: () => '/visitors?contacts=yes&channels=PAID' },
  { name: 'visitor', path: ({ visitor }) => visitor },
  { name: 'visitor-missing', path: () => '/visitors/1' },
  { name: 'communications', path: () => '/communications' },
  { name: 'communication', path: ({ request }) => request },
  { name: 'communication-chat', path: ({ chat }) => chat },
  { name: 'refusals', path: () => '/refusals' },
  { name: 'report-end-to-end', path: () => '/reports/end-to-end?period=days90' },
  { name: 'report-end-to-end-compared', path: () => '/reports/end-to-end?compare=previous&dims=site,source,campaign&model=linear' },
  { name: 'report-columns', path: () => '/reports/end-to-end', opens: 'reports.toolbar.columns' },
  { name: 'report-filters', path: () => '/reports/end-to-end', opens: 'reports.toolbar.filters' },
  { name: 'report-settings', path: () => '/reports/end-to-end', opens: 'reports.toolbar.settings' },
  { name: 'report-drill', path: () => '/reports/end-to-end?dims=source&cols=deals,revenue', opens: firstFigure },
  { name: 'report-summary', path: () => '/reports/summary?period=days90' },
  ...['totals', 'table', 'dynamics', 'funnel', 'cycle', 'employees', 'list'].map((tab) => ({
    name: `report-deals-${tab}`,
    path: () => `/reports/deals?period=days90&tab=${tab}`,
  })),
  { name: 'report-associated', path: () => '/reports/associated?period=days90' },
  { name: 'report-paths', path: () => '/reports/associated?period=days90&tab=paths' },
  { name: 'report-models', path: () => '/reports/models?period=days90' },
  { name: 'report-models-base', path: () => '/reports/models?period=days90&base=last_click' },
  { name: 'models-guide', path: () => '/reports/models-guide' },
  { name: 'deals', path: () => '/deals' },
  { name: 'deals-without-source', path: () => '/deals?source=no' },
  { name: 'deal', path: ({ deal }) => deal },
  { name: 'deal-linear', path: ({ deal }) => `${deal}?model=linear` },
  { name: 'deal-without-source', path: ({ lostDeal }) => lostDeal },
  { name: 'deal-missing', path: () => '/deals/1' },
  { name: 'integrations', path: () => '/integrations' },
  { name: 'integration-connect', path: ({ bitrix24 }) => bitrix24 },
  { name: 'integration-preview', path: ({ amocrm }) => `${amocrm}/connect?step=-finish` },
  { name: 'integration', path: ({ amocrm }) => amocrm },
  ...['settings-access', 'settings-goals', 'settings-deals', 'settings-mapping', 'check', 'journal'].map((tab) => ({
    name: `integration-${tab}`,
    path: ({ amocrm }) => `${amocrm}?tab=${tab}`,
  })),
  { name: 'integration-job', path: ({ job }) => job },
  { name: 'integration-missing', path: () => '/integrations/1' },
  { name: 'other-crm', path: () => '/integrations/other-crm' },
  { name: 'data-api', path: () => '/account/data-api' },
  { name: 'costs', path: () => '/costs' },
  { name: 'users', path: () => '/users' },
  { name: 'user-invite', path: () => '/users', opens: 'users.list.invite' },
  { name: 'tokens', path: () => '/tokens' },
  { name: 'token-form', path: () => '/tokens', opens: 'tokens.list.add' },
  { name: 'account', path: () => '/account' },
  { name: 'not-found', path: () => '/no/such/page' },
];

const demo = await startDemo();
const browser = await launch();
const given = {};
let storageState;

before(async () => {
  const window = await openWindow(browser);
  const cabinet = new Cabinet(window.page, demo.url);
  await cabinet.open();
  await cabinet.signIn(demo);
  await cabinet.signedIn();
  await refusedHit();
  await lookForData(cabinet);
  await attachSystems(new Integrations(cabinet));
  storageState = await window.context.storageState();
  await window.close();
});
after(async () => {
  await browser.close();
  await demo.program.stop();
  console.log(`screenshots: ${screenshots}`);
});

/** A robot looks at the demo site, so that there is something to see under "not counted". */
async function refusedHit() {
  const html = await (await fetch(demo.site)).text();
  const [, key] = html.match(/"setCsAccount", "([^"]+)"/);
  const body = new URLSearchParams({ k: key, n: 'robotrobotrobot1', f: 'robotrobotrobot1', u: `${demo.site}/`, ti: 'Окна' });
  const answer = await fetch(`${demo.url}/cs/h`, { method: 'POST', body, headers: { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } });
  assert.match(await answer.text(), /refused/);
}

/** Finds addresses of pages about one thing, the way a person gets there. */
async function lookForData(cabinet) {
  const { page } = cabinet;
  const address = () => page.url().slice(demo.url.length);
  const table = page.getByRole('table');
  await cabinet.open('/sites');
  given.site = await table.getByRole('link', { name: /Светлица/ }).getAttribute('href');
  given.pageSite = await table.getByRole('link', { name: 'Демо-сайт' }).getAttribute('href');
  for (const [name, kind] of [['request', 'OFFLINE_REQUEST'], ['chat', 'CHAT']]) {
    await cabinet.open(`/communications?kinds=${kind}`);
    await table.getByText(cabinet.t(`communications.kind.${kind}`)).first().waitFor();
    if (name === 'request') given.visitor = await table.getByRole('link').first().getAttribute('href');
    await table.getByRole('button').first().click();
    await page.waitForURL(/open=/);
    given[name] = address();
  }
  for (const [name, wanted] of [['deal', 'yes'], ['lostDeal', 'no']]) {
    await cabinet.open(`/deals?source=${wanted}`);
    await table.getByRole('link').first().waitFor();
    given[name] = await table.locator('a[href^="/deals/"]').first().getAttribute('href');
  }
}

/** Connects amoCRM as the emulators say, and begins with Bitrix24. */
async function attachSystems(integrations) {
  const { page, cabinet } = integrations;
  const address = () => page.url().slice(demo.url.length);
  const { credentials } = (await emulatorsAt(demo.control)).of('amocrm');
  await integrations.begin('amoCRM');
  await integrations.fill('Адрес amoCRM', credentials.address);
  await integrations.fill('Долгосрочный токен', credentials.token);
  await integrations.next('Цели');
  await integrations.chooseSome('Цели', /./);
  await integrations.next('Сделка');
  await cabinet.choose('Воронка', 'Продажи');
  await cabinet.choose('Этап', 'Новое обращение');
  for (const title of ['Поля', 'Отчёты', cabinet.t('integrations.wizard.finish')]) await integrations.next(title);
  given.amocrm = await integrations.switchOn();
  await page.getByText(/^Сделки за 3 мес\. загружены/).waitFor();
  await integrations.journal(given.amocrm, { kinds: 'IMPORT' });
  await integrations.open(cabinet.t('integrations.jobKind.IMPORT'));
  given.job = address();
  await integrations.begin('Битрикс24');
  given.bitrix24 = address();
}

/**
 * How each page is looked at: opened at a desk in one language and scheme, then taken over to a phone in the other scheme. These four looks
 * hold every pair of language, scheme and width, and no fault is known that takes three.
 */
const visits = [
  { language: 'ru', desk: 'light', phone: 'dark' },
  { language: 'en', desk: 'dark', phone: 'light' },
];

for (const { language, desk, phone } of visits) {
  describe(`pages in ${language}, ${desk} at a desk, ${phone} on a phone`, () => {
    let window;
    before(async () => {
      if (language === 'en') await speakEnglish();
      window = await openWindow(browser, { language, scheme: desk, storageState });
    });
    after(() => window?.close());
    for (const { name, path, opens } of pages) {
      test(`CA-1 ${name}, ${language}: complete, quiet, accessible, and no wider than a desk or a phone`, async () => {
        const { page, problems } = window;
        problems.length = 0;
        await page.emulateMedia({ colorScheme: desk });
        await page.setViewportSize({ width: 1280, height: 860 });
        await open(new Cabinet(page, demo.url, language), path(given), opens);
        await check(page, `${name}-${language}-${desk}-desk`);
        await page.emulateMedia({ colorScheme: phone });
        await page.setViewportSize({ width: 375, height: 740 });
        await check(page, `${name}-${language}-${phone}-phone`);
        assert.deepEqual(problems, []);
      });
    }
  });
}

/** Opens a page, and what is to be opened on it. */
async function open(cabinet, path, opens) {
  const { page } = cabinet;
  await cabinet.open(path);
  await settled(page);
  assert.equal(await page.locator('html').getAttribute('lang'), cabinet.language);
  if (opens) {
    const opener = opens === firstFigure ? page.getByRole('table').getByRole('cell').getByRole('button') : cabinet.button(opens);
    await opener.first().click();
    await page.getByRole('dialog').waitFor();
  }
}

async function check(page, name) {
  await settled(page);
  await faded(page);
  await picture(page, name);
  assert.ok((await sidewaysScroll(page)) <= 0, `${name} scrolls sideways`);
  assert.deepEqual(await accessibilityFaults(page), [], name);
}

/** Waits until colours have stopped changing. */
function faded(page) {
  return page.waitForFunction(() => !document.getAnimations().some((animation) => animation instanceof CSSTransition));
}

/** Changes the language of the profile, where a person changes it. */
async function speakEnglish() {
  const window = await openWindow(browser, { storageState });
  const cabinet = new Cabinet(window.page, demo.url);
  await cabinet.open('/account');
  await window.page.getByRole('combobox', { name: cabinet.t('account.profile.language') }).click();
  await window.page.getByRole('option', { name: 'English' }).click();
  await cabinet.button('common.action.save').first().click();
  await new Cabinet(window.page, demo.url, 'en').signedIn();
  await window.close();
}
