import assert from 'node:assert/strict';
import { eventually, launch, openWindow, picture, screenshots, settled } from './browser.mjs';
import { Cabinet } from './cabinet.mjs';
import { newDatabase } from './database.mjs';
import { startEmulators } from './emulators.mjs';
import { Integrations } from './integrations.mjs';
import { startEmpty } from './program.mjs';
import { Report } from './report.mjs';
import { orderPages, startSite } from './site.mjs';

const owner = { company: 'Лавка', name: 'Ольга Петрова', email: 'olga@lavka.example', password: 'long walks in autumn' };

/** The domain of the shop's site. */
export const host = 'lavka.example';

/** A shop with a site, its owner in the cabinet, a visitor's window, and a CRM that is emulated. */
export class Shop {
  constructor({ journey, engine, language, crm }) {
    Object.assign(this, { journey, engine, language, kind: crm });
  }

  get windows() {
    return [this.mine, this.theirs];
  }

  async open() {
    this.emulators = await startEmulators();
    this.crm = this.emulators.of(this.kind);
    this.database = newDatabase(this.engine);
    this.started = await startEmpty(this.database.dsn, '--integration-networks', 'loopback');
    this.browser = await launch([host]);
    this.mine = await openWindow(this.browser, { language: this.language });
    this.page = this.mine.page;
    this.cabinet = new Cabinet(this.page, this.started.url, this.language);
    this.integrations = new Integrations(this.cabinet);
  }

  async close() {
    await this.browser?.close();
    await this.site?.close();
    await this.started?.program.stop();
    await this.emulators?.stop();
    this.database?.drop();
    console.log(`screenshots: ${screenshots}`);
  }

  /** Sets the cabinet up, with a site and a goal: asking for the price. */
  async setUp(goal) {
    await this.page.goto(this.started.link);
    await this.cabinet.completeSetup(owner);
    await this.cabinet.signedIn();
    await this.cabinet.addSite(host);
    await this.cabinet.heading(host).waitFor();
    const snippet = await this.page.getByRole('region', { name: this.cabinet.t('sites.snippet.title') }).locator('code').innerText();
    this.site = await startSite(orderPages(snippet, this.started.url));
    await this.cabinet.addEventGoal(goal, { category: 'shop', action: 'price' });
  }

  /** Keeps a picture of the owner's page. */
  async shot(name) {
    await settled(this.page);
    await picture(this.page, `${this.journey}-${name}`);
  }

  /** Somebody new comes by an advertisement, asks for the price and orders; returns when they sent the order, after the site has said thanks. */
  async order(name, phone, tags = 'utm_source=yandex&utm_medium=cpc&utm_campaign=spring') {
    await this.theirs?.close();
    this.theirs = await openWindow(this.browser);
    const { page, problems } = this.theirs;
    await page.goto(`http://${host}:${this.site.port}/?${tags}`);
    await page.waitForFunction(() => window.Comagic?.getCredentials?.().hit_id);
    await page.getByRole('button', { name: 'Узнать цену' }).click();
    await page.getByLabel('Имя').fill(name);
    await page.getByLabel('Телефон').fill(phone);
    const sent = Date.now();
    await page.getByRole('button', { name: 'Заказать' }).click();
    await page.getByText('Спасибо за заказ').waitFor();
    assert.deepEqual(problems, []);
    return sent;
  }

  /** Waits until the end-to-end report shows figures at a source: visits, deals, revenue. */
  async reportShows(source, wanted) {
    const report = new Report(this.cabinet, 'END_TO_END');
    const figures = async () => {
      await this.cabinet.open('/reports/end-to-end?dims=source&cols=visits,deals,revenue');
      await settled(this.page);
      return (await report.figures())[source];
    };
    await eventually(figures, (now) => JSON.stringify(now) === JSON.stringify(wanted), `figures of ${source}, wanted ${wanted}`);
  }

  /** Reads a deal's attribution as a partner does, with a token that has this right alone: source, campaign, weight and revenue of each touch. */
  async touchesOf(deal) {
    await this.cabinet.open('/deals');
    const link = this.page.getByRole('table').getByRole('link', { name: deal, exact: true });
    const id = (await link.getAttribute('href')).split('/').at(-1);
    const secret = await this.cabinet.newToken('Agency', 'ATTRIBUTION');
    const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
    const query = `{ deal(id: "${id}") { attribution(model: "last_click") { touches { weight revenue { amount } source { source campaign } } } } }`;
    const { data } = await (await fetch(`${this.started.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
    return data.deal.attribution.touches.map(({ weight, revenue, source }) => [source.source, source.campaign, weight, revenue.amount]);
  }
}
