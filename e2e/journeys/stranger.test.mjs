// A stranger starts the program, adds a site, puts the snippet on a page of their own, visits it, and finds themselves in the cabinet.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { launch, openWindow, picture, screenshots, settled } from './support/browser.mjs';
import { Cabinet } from './support/cabinet.mjs';
import { engines, newDatabase } from './support/database.mjs';
import { startEmpty } from './support/program.mjs';
import { shopPage, startSite } from './support/site.mjs';
import { stepsOf } from './support/steps.mjs';

const host = 'lavka.example';
const owner = { company: 'Лавка', name: 'Ольга Петрова', email: 'olga@lavka.example', password: 'long walks in autumn' };
const arrival = '/?utm_source=vk&utm_medium=cpc&utm_campaign=chai_oktyabr&utm_term=%D1%87%D0%B0%D0%B9';

for (const [index, engine] of engines.entries()) {
  const language = ['ru', 'en'][index];
  describe(`from a first start to a visitor card, ${engine}, ${language}`, () => {
    let database, started, browser, mine, theirs, cabinet, snippet, site, sentAt;
    const shot = (name) => picture(mine.page, `stranger-${engine}-${name}`);
    const step = stepsOf(`stranger-${engine}`, () => [mine, theirs], () => started?.program);

    before(async () => {
      database = newDatabase(engine);
      started = await startEmpty(database.dsn);
      browser = await launch([host]);
      mine = await openWindow(browser, { language });
      await mine.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: started.url });
      cabinet = new Cabinet(mine.page, started.url, language);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
      await started?.program.stop();
      database?.drop();
      console.log(`screenshots: ${screenshots}`);
    });

    step('CA-1 the set-up link makes the account and signs its owner in', async () => {
      await mine.page.goto(started.link);
      await settled(mine.page);
      await shot('1-setup');
      await cabinet.completeSetup(owner);
      await cabinet.signedIn();
      await cabinet.heading(cabinet.t('overview.onboarding.title')).waitFor();
      await settled(mine.page);
      await shot('2-overview');
    });

    step('CA-1 a site is added, and its snippet copied', async () => {
      await cabinet.field('sites.form.domain').fill(`https://${host}/chai/`);
      await cabinet.button('sites.form.create').click();
      await cabinet.heading(host).waitFor();
      await mine.page.getByRole('status').getByText(cabinet.t('sites.check.text.WAITING')).waitFor();
      await settled(mine.page);
      await shot('3-site');
      await cabinet.button('sites.snippet.copy').click();
      await cabinet.button('common.action.copied').waitFor();
      snippet = await mine.page.evaluate(() => navigator.clipboard.readText());
      assert.equal(snippet, await mine.page.getByRole('region', { name: cabinet.t('sites.snippet.title') }).locator('code').innerText());
      assert.match(snippet, /setCsAccount/);
    });

    step('TR-1 TR-2 the first visit turns the installation to receiving', async () => {
      site = await startSite((path) => shopPage(snippet, path));
      theirs = await openWindow(browser, { language: 'ru' });
      await theirs.page.goto(`http://${host}:${site.port}${arrival}`);
      await mine.page.getByRole('status').getByText(cabinet.t('sites.check.text.RECEIVING')).waitFor();
      await settled(mine.page);
      await shot('4-receiving');
    });

    step('TR-2 the live list follows the visitor from page to page', async () => {
      await cabinet.go('shell.nav.live');
      const list = mine.page.getByRole('table');
      await list.getByText('Лавка /', { exact: true }).waitFor();
      await theirs.page.getByRole('link', { name: 'Чай' }).click();
      await list.getByText('Лавка /chai/').waitFor();
      await theirs.page.getByRole('link', { name: 'Доставка' }).click();
      await list.getByText('Лавка /dostavka/').waitFor();
      await list.getByText(/vk/).first().waitFor();
      await settled(mine.page);
      await shot('5-live');
    });

    step('TR-3 the name they leave is in the live list a moment later', async (t) => {
      await theirs.page.getByLabel('Имя').fill('Мария Кузнецова');
      await theirs.page.getByLabel('Телефон').fill('8 (926) 244-43-93');
      sentAt = Date.now();
      await theirs.page.getByRole('button', { name: 'Перезвоните мне' }).click();
      await mine.page.getByRole('link', { name: 'Мария Кузнецова' }).waitFor();
      const took = Date.now() - sentAt;
      t.diagnostic(`in the live list after ${took} ms`);
      assert.ok(took < 5000, `${took} ms`);
      await theirs.page.getByText('Спасибо').waitFor();
      await shot('6-live-named');
    });

    step('TR-2 TR-3 TR-6 the visitor card shows source, pages, name and phone', async () => {
      await mine.page.getByRole('link', { name: 'Мария Кузнецова' }).click();
      await cabinet.heading('Мария Кузнецова').waitFor();
      await settled(mine.page);
      await cabinet.panel('visitors.contacts.title').getByRole('link', { name: /926.* 244-43-93/ }).waitFor();
      const visits = cabinet.panel('visitors.sessions.title');
      for (const title of ['Лавка /', 'Лавка /chai/', 'Лавка /dostavka/']) await visits.getByText(title, { exact: true }).waitFor();
      await visits.getByText(/vk.*chai_oktyabr/).first().waitFor();
      await visits.getByText('чай', { exact: true }).waitFor();
      await cabinet.panel('visitors.goals.title').getByText(/./).first().waitFor();
      await shot('7-card');
    });

    step('CA-1 the owner signs out and in again', async () => {
      await cabinet.signOut();
      await shot('8-signed-out');
      await cabinet.signIn(owner);
      await cabinet.heading('Мария Кузнецова').or(cabinet.heading(owner.company)).waitFor();
      await cabinet.go('shell.nav.visitors');
      await mine.page.getByRole('link', { name: 'Мария Кузнецова' }).waitFor();
      await settled(mine.page);
      await shot('9-visitors');
    });

    step('nothing went wrong in either window on the way', () => {
      assert.deepEqual(mine.problems, []);
      assert.deepEqual(theirs.problems, []);
    });
  });
}
