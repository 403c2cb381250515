// Two advertisements, two requests, one deal: the reports, the models and the deal's card say what one computes by hand.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { eventually, launch, openWindow, picture, screenshots, settled } from './support/browser.mjs';
import { Cabinet } from './support/cabinet.mjs';
import { DataApi, nextSecond, stamp } from './support/dataapi.mjs';
import { engines, newDatabase } from './support/database.mjs';
import { startEmpty } from './support/program.mjs';
import { figureOf, Report } from './support/report.mjs';
import { requestPage, startSite } from './support/site.mjs';
import { stepsOf } from './support/steps.mjs';

const host = 'lavka.example';
const owner = { company: 'Лавка', name: 'Ольга Петрова', email: 'olga@lavka.example', password: 'long walks in autumn' };
const phone = /926.* 244-43-93/;
const spring = '/?utm_source=yandex&utm_medium=cpc&utm_campaign=spring';
const summer = '/?utm_source=vk&utm_medium=social&utm_campaign=summer';
const { total } = Report;
const endToEnd = '/reports/end-to-end?dims=source&cols=visits,requests,deals,revenue';

for (const [index, engine] of engines.entries()) {
  const language = ['ru', 'en'][index];
  describe(`from two advertisements to a deal, ${engine}, ${language}`, () => {
    let database, started, browser, mine, theirs, cabinet, site, api, report, none;
    const shot = async (name) => {
      await settled(mine.page);
      await picture(mine.page, `attribution-${engine}-${name}`);
    };
    const step = stepsOf(`attribution-${engine}`, () => [mine, theirs], () => started?.program);

    before(async () => {
      database = newDatabase(engine);
      started = await startEmpty(database.dsn);
      browser = await launch([host]);
      mine = await openWindow(browser, { language });
      cabinet = new Cabinet(mine.page, started.url, language);
      report = new Report(cabinet, 'END_TO_END');
      none = cabinet.t('reports.none.source');
      await mine.page.goto(started.link);
      await cabinet.completeSetup(owner);
      await cabinet.signedIn();
      await cabinet.addSite(host);
      await cabinet.heading(host).waitFor();
      const snippet = await mine.page.getByRole('region', { name: cabinet.t('sites.snippet.title') }).locator('code').innerText();
      site = await startSite((path) => requestPage(snippet, path));
      theirs = await openWindow(browser);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
      await started?.program.stop();
      database?.drop();
      console.log(`screenshots: ${screenshots}`);
    });

    /** They come by an advertisement and send a request. */
    async function come(tags, message) {
      await theirs.page.goto(`http://${host}:${site.port}${tags}`);
      await theirs.page.waitForFunction(() => window.Comagic?.getCredentials?.().hit_id);
      await theirs.page.getByLabel('Телефон').fill('8 (926) 244-43-93');
      await theirs.page.getByLabel('Вопрос').fill(message);
      await theirs.page.getByRole('button', { name: 'Отправить' }).click();
      await theirs.page.getByText('Заявка принята').waitFor();
    }

    const funnel = (id, name) =>
      api.call('create.sales_funnel', {
        ext_id: id,
        name,
        stages: { in_process: [{ ext_id: 'new', name: 'Новая', order: 10 }], success: { ext_id: 'won', name: 'Оплачено' }, failed: { ext_id: 'lost', name: 'Отказ' } },
      });

    step('OC-1 the page of the other CRM says that nothing was passed yet, and who may pass it', async () => {
      await cabinet.open('/integrations/other-crm');
      await mine.page.getByRole('status').getByText(cabinet.t('crm.howTo.nothing')).waitFor();
      await shot('1-nothing');
      api = new DataApi(started.url, await cabinet.newDataApiKey('CRM'));
      assert.equal((await api.ask('get.account')).error.data.mnemonic, 'ip_not_whitelisted');
      await cabinet.allowNetwork('127.0.0.0/8');
      assert.equal((await api.call('get.account'))[0].name, owner.company);
    });

    step('TR-1 TR-4 OC-1 two requests, a contact between them, and the deals of two funnels come in', async () => {
      await come(spring, 'Сколько стоит чай?');
      await nextSecond();
      await api.call('create.deal_contacts', { contacts: [{ ext_id: 'anna', name: 'Анна', phone_numbers: ['79262444393'] }] });
      await nextSecond();
      await come(summer, 'Беру!');
      await funnel('retail', 'Розница');
      await funnel('wholesale', 'Опт');
      const at = stamp();
      await api.call('upload.deals_history', {
        deals: [
          {
            ext_id: 'd1', name: 'Чай для Анны', created_date_time: at, modified_stage_date_time: at, sales_funnel_ext_id: 'retail', stage_ext_id: 'won',
            contact_ext_ids: ['anna'], main_contact_ext_id: 'anna', revenue: 1000.01,
          },
          { ext_id: 'd2', name: 'Чай неизвестно кому', created_date_time: at, modified_stage_date_time: at, sales_funnel_ext_id: 'wholesale', stage_ext_id: 'new', revenue: 250 },
        ],
      });
      await eventually(() => api.call('get.deals_in_processing'), ({ count }) => count === 0, 'deals in processing');
    });

    step('OC-1 the page says state and time of the load', async () => {
      const began = Date.now();
      await cabinet.open('/integrations/other-crm');
      const load = mine.page.getByRole('status', { name: cabinet.t('crm.load.title') });
      await load.getByText(cabinet.t('crm.state.COMPLETED'), { exact: true }).waitFor();
      const at = Date.parse(await load.locator('time').first().getAttribute('datetime'));
      assert.ok(at <= began && at > began - 120_000, `${at} is not just before ${began}`);
      await shot('2-loaded');
    });

    step('AN-2 AN-4 under last click the deal is at the second advertisement, and what has no source is a row', async () => {
      await cabinet.open(endToEnd);
      await report.shows({ vk: [1, 1, 1, 1000.01], yandex: [1, 1, 0, 0], [none]: [0, 0, 1, 250], [total]: [2, 2, 2, 1250.01] });
      await shot('3-last-click');
    });

    step('AN-2 AN-4 linear divides the deal and its money to the minor unit', async () => {
      await cabinet.choose(cabinet.t('reports.toolbar.model'), cabinet.t('reports.model.linear'));
      // The second request is divided as well; the odd minor unit goes to the earlier visit.
      await report.shows({ vk: [1, 0.5, 0.5, 500], yandex: [1, 1.5, 0.5, 500.01], [none]: [0, 0, 1, 250], [total]: [2, 2, 2, 1250.01] });
      await shot('4-linear');
    });

    step('AN-2 a figure opens its rows, which add up to it', async () => {
      const money = await report.drill('yandex', 3);
      assert.deepEqual([money.values, money.sum], [[500.01], 500.01]);
      assert.match(money.words[0], /Чай для Анны/);
      await shot('5-drill');
      await report.closeDrill();
      const requests = await report.drill('yandex', 1);
      assert.deepEqual([requests.values.toSorted(), requests.sum], [[0.5, 1], 1.5]);
      await report.closeDrill();
      const all = await report.drill(total, 3);
      assert.deepEqual([all.values.toSorted((a, b) => a - b), all.sum], [[250, 1000.01], 1250.01]);
      await report.closeDrill();
      const unknown = await report.drill(none, 2);
      assert.deepEqual([unknown.values, unknown.sum], [[1], 1]);
      assert.match(unknown.words[0], /Чай неизвестно кому/);
      await report.closeDrill();
    });

    step('AN-2 AN-4 first click gives all of it to the first advertisement', async () => {
      await cabinet.choose(cabinet.t('reports.toolbar.model'), cabinet.t('reports.model.first_click'));
      await report.shows({ vk: [1, 0, 0, 0], yandex: [1, 2, 1, 1000.01], [none]: [0, 0, 1, 250], [total]: [2, 2, 2, 1250.01] });
    });

    step('AN-4 the models stand side by side', async () => {
      await cabinet.open('/reports/models?dims=source&models=last_click,first_click,linear&metrics=deals,revenue');
      await new Report(cabinet, 'MODELS').shows({
        vk: [1, 0, 0.5, 1000.01, 0, 500],
        yandex: [0, 1, 0.5, 0, 1000.01, 500.01],
        [none]: [1, 1, 1, 250, 250, 250],
        [total]: [2, 2, 2, 1250.01, 1250.01, 1250.01],
      });
      await shot('6-models');
    });

    step('AN-1 the analysis of deals has both, as the list has', async () => {
      await cabinet.open('/reports/deals?tab=table&dims=deal_funnel&cols=deals,deals_won,deals_open,revenue');
      await new Report(cabinet, 'DEALS').shows({ Розница: [1, 1, 0, 1000.01], Опт: [1, 0, 1, 250], [total]: [2, 1, 1, 1250.01] });
      await mine.page.getByRole('tab', { name: cabinet.t('reports.deals.tabList'), exact: true }).click();
      for (const name of ['Чай для Анны', 'Чай неизвестно кому']) await mine.page.getByRole('link', { name, exact: true }).waitFor();
      await shot('7-analysis');
    });

    /** The parts of the visits on a deal's card: words, share, money; the last are the totals. */
    const parts = async () => {
      const rows = await mine.page
        .getByRole('region', { name: cabinet.t('deals.attribution.table') })
        .getByRole('row')
        .evaluateAll((all) => all.slice(1).map((row) => [...row.cells].map((cell) => cell.innerText)));
      return rows.map(([words, share, money]) => [/yandex|vk/.exec(words)?.[0], figureOf(share, language), figureOf(money, language)]);
    };
    const divided = (wanted) => eventually(parts, (answer) => JSON.stringify(answer) === JSON.stringify(wanted), `parts, wanted ${JSON.stringify(wanted)}`);

    step('AN-7 the card of the deal shows its path, what was matched by what, and its touches', async () => {
      await mine.page.getByRole('link', { name: 'Чай для Анны', exact: true }).click();
      await cabinet.heading('Чай для Анны').waitFor();
      const path = await cabinet.panel('deals.path.title').getByRole('listitem').allInnerTexts();
      const request = cabinet.t('communications.kind.OFFLINE_REQUEST');
      const wanted = [[cabinet.t('deals.path.visit'), 'yandex'], [request], [cabinet.t('deals.path.visit'), 'vk'], [request], [cabinet.t('deals.terms.created.DEALS')]];
      assert.equal(path.length, wanted.length, path.join('\n'));
      for (const [number, words] of wanted.entries()) for (const word of words) assert.ok(path[number].includes(word), `${word} is not in ${path[number]}`);
      for (const text of path.slice(0, -1)) assert.ok(text.includes(cabinet.t('deals.match.PHONE')), text);
      const links = await cabinet.panel('deals.links.title').getByRole('listitem').allInnerTexts();
      assert.equal(links.length, 2);
      for (const text of links) assert.match(text, phone);
      assert.deepEqual(links.map((text) => text.includes(cabinet.t('deals.links.deciding'))).toSorted(), [false, true]);
      await divided([['vk', 100, 1000.01], [undefined, 100, 1000.01]]);
      await cabinet.choose(cabinet.t('deals.attribution.model'), cabinet.t('reports.model.linear'));
      await divided([['yandex', 50, 500.01], ['vk', 50, 500], [undefined, 100, 1000.01]]);
      await shot('8-deal');
    });

    step('AN-7 a partner reads the same from GraphQL, and nothing of the contact', async () => {
      const secret = await cabinet.newToken('Агентство', 'ATTRIBUTION');
      const ask = async (fields) => {
        const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
        const query = `{ dealByExternalId(externalId: "d1") { ${fields} } }`;
        return (await fetch(`${started.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
      };
      const { data } = await ask('attribution(model: "linear") { touches { weight revenue { amount } source { source campaign } matchedBy } }');
      assert.deepEqual(
        data.dealByExternalId.attribution.touches.map(({ weight, revenue, source, matchedBy }) => [source.source, source.campaign, weight, revenue.amount, matchedBy]),
        [['yandex', 'spring', 0.5, '500.01', 'PHONE'], ['vk', 'summer', 0.5, '500.00', 'PHONE']],
      );
      assert.equal((await ask('contact { name }')).errors[0].extensions.code, 'FORBIDDEN');
    });

    step('AN-7 the card of the other deal says why it has no source', async () => {
      await cabinet.open('/deals?source=no');
      await mine.page.getByRole('link', { name: 'Чай неизвестно кому', exact: true }).click();
      await mine.page.getByText(cabinet.t('deals.noSource.noContact')).first().waitFor();
      await shot('9-no-source');
    });

    step('OC-2 the other conversion model moves the deal to the first advertisement at once', async () => {
      await cabinet.open('/integrations/other-crm');
      await mine.page.getByRole('radio', { name: cabinet.t('crm.conversion.LAST_BEFORE_CONTACT') }).check();
      await cabinet.button('common.action.save').click();
      await mine.page.getByText(cabinet.t('crm.form.rebuilt')).waitFor();
      await cabinet.open(endToEnd);
      await report.shows({ vk: [1, 1, 0, 0], yandex: [1, 1, 1, 1000.01], [none]: [0, 0, 1, 250], [total]: [2, 2, 2, 1250.01] });
      await cabinet.choose(cabinet.t('reports.toolbar.model'), cabinet.t('reports.model.linear'));
      // Only the first visit came before the contact; the requests are divided as before.
      await report.shows({ vk: [1, 0.5, 0, 0], yandex: [1, 1.5, 1, 1000.01], [none]: [0, 0, 1, 250], [total]: [2, 2, 2, 1250.01] });
      await shot('10-before-contact');
    });

    step('OC-4 a funnel that is left out takes its deals out of the report, and no others', async () => {
      await cabinet.open('/integrations/other-crm');
      await mine.page.getByRole('checkbox', { name: 'Опт', exact: true }).uncheck();
      await cabinet.button('common.action.save').click();
      await mine.page.getByText(cabinet.t('crm.form.rebuilt')).waitFor();
      await shot('11-funnels');
      await cabinet.open(endToEnd);
      await report.shows({ vk: [1, 1, 0, 0], yandex: [1, 1, 1, 1000.01], [total]: [2, 2, 1, 1000.01] });
      await cabinet.open('/reports/models?dims=source&models=last_click&metrics=deals');
      await new Report(cabinet, 'MODELS').shows({ yandex: [1], [total]: [1] });
      await cabinet.open('/reports/deals?tab=table&dims=deal_funnel&cols=deals');
      await new Report(cabinet, 'DEALS').shows({ Розница: [1], Опт: [1], [total]: [2] });
    });

    step('nothing went wrong in either window on the way', () => {
      assert.deepEqual(mine.problems, []);
      assert.deepEqual(theirs.problems, []);
    });
  });
}
