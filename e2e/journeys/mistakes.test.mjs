// What people do wrong, and what they are told.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { launch, openWindow, picture, screenshots, settled } from './support/browser.mjs';
import { Cabinet } from './support/cabinet.mjs';
import { startEmpty } from './support/program.mjs';
import { stepsOf } from './support/steps.mjs';

const owner = { company: 'Лавка', name: 'Ольга Петрова', email: 'olga@lavka.example', password: 'long walks in autumn' };

for (const language of ['ru', 'en']) {
  describe(`mistakes are explained, ${language}`, () => {
    let started, browser, window, cabinet;
    const step = stepsOf(`mistakes-${language}`, () => [window], () => started?.program);

    before(async () => {
      started = await startEmpty();
      browser = await launch();
      window = await openWindow(browser, { language });
      cabinet = new Cabinet(window.page, started.url, language);
    });
    after(async () => {
      await browser?.close();
      await started?.program.stop();
      console.log(`screenshots: ${screenshots}`);
    });

    /** Waits for a message, given by its key, and keeps a picture; without `exact` other words may stand around it. */
    async function told(name, key, values, { exact = true } = {}) {
      await window.page.getByText(cabinet.t(key, values), { exact }).first().waitFor();
      await settled(window.page);
      await picture(window.page, `mistake-${language}-${name}`);
    }

    /** What a screen reader says about a field. */
    function describedBy(key) {
      return cabinet.field(key).evaluate((input) => input.getAttribute('aria-describedby').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' '));
    }

    step('CA-1 the cabinet without a set-up link says where to find it', async () => {
      await cabinet.open();
      await told('no-link', 'session.setup.noTokenTitle');
    });

    step('CA-1 a wrong set-up link is called wrong', async () => {
      await cabinet.open('/setup?token=wrong');
      await cabinet.completeSetup(owner);
      await told('wrong-link', 'errors.reason.link_used');
    });

    step('CA-1 a short password is refused at its field', async () => {
      await window.page.goto(started.link);
      await cabinet.completeSetup({ ...owner, password: 'short' });
      await told('short-password', 'common.form.password', { min: 10, max: 200 });
      assert.ok((await describedBy('session.field.newPassword')).includes(cabinet.t('common.form.password', { min: 10, max: 200 })));
    });

    step('CA-1 a password too easy to guess is refused at its field', async () => {
      await cabinet.completeSetup({ ...owner, password: 'ababababababab' });
      await told('weak-password', 'errors.reason.weak_password');
      assert.ok((await describedBy('session.field.newPassword')).includes(cabinet.t('errors.reason.weak_password')));
    });

    step('CA-1 something that is no e-mail is refused at its field', async () => {
      await cabinet.completeSetup({ ...owner, email: 'olga' });
      await told('email', 'common.form.email');
    });

    step('CA-1 after the corrections the link works, and only once', async () => {
      await cabinet.completeSetup(owner);
      await cabinet.signedIn();
      const other = await openWindow(browser, { language });
      await other.page.goto(started.link);
      await new Cabinet(other.page, started.url, language).heading(cabinet.t('session.signIn.title')).waitFor();
      assert.deepEqual(other.problems, []);
      await other.close();
    });

    step('CA-1 what is no domain is refused, a taken one named as taken', async () => {
      await cabinet.addSite('not a domain');
      await told('bad-domain', 'sites.form.domainInvalid');
      await cabinet.field('sites.form.domain', window.page.getByRole('dialog')).fill('lavka.example');
      await cabinet.button('sites.form.create', window.page.getByRole('dialog')).click();
      await cabinet.heading('lavka.example').waitFor();
      await cabinet.addSite('https://LAVKA.example/any/page');
      await told('taken-domain', 'errors.reason.domain_taken');
    });

    step('CA-1 an unknown page, site and visitor are called missing', async () => {
      await cabinet.open('/no/such/page');
      await told('unknown-page', 'errors.notFound.heading');
      for (const path of ['/sites/1', '/visitors/1', '/sites/abc', '/visitors/abc']) {
        await cabinet.open(path);
        await told(`unknown${path.replaceAll('/', '-')}`, 'errors.title.NOT_FOUND');
      }
    });

    /** Gives a file of costs to the page. */
    async function upload(name, text) {
      await cabinet.open('/costs');
      await window.page.getByLabel(cabinet.t('costs.upload.file'), { exact: true }).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    }

    step('AN-2 a file of costs that cannot be one is refused with what is needed', async () => {
      await upload('costs.pdf', 'a');
      await told('costs-type', 'costs.fault.type');
      await upload('costs.csv', '');
      await told('costs-empty', 'costs.fault.empty');
      await upload('costs.xlsx', 'this is no workbook');
      await told('costs-damaged', 'errors.reason.bad_file', undefined, { exact: false });
      await upload('costs.csv', 'Дата;Кампания\n2026-03-01;Весна\n');
      await told('costs-column', 'costs.reason.column_missing', undefined, { exact: false });
    });

    step('AN-2 wrong lines of a file of costs are named, each with what is wrong, and nothing is saved', async () => {
      await upload('costs.csv', 'Дата;Кампания;Расход;Клики\n31.02.2026;Весна;100;5\n2026-03-01;Весна;сто;5\n2026-03-02;Весна;100;-5\n2026-03-03;;100;\n');
      await told('costs-lines', 'costs.reason.bad_date', undefined, { exact: false });
      const rows = await window.page.getByRole('region', { name: cabinet.t('costs.problems.title') }).getByRole('row').allInnerTexts();
      for (const [line, reason] of [[2, 'bad_date'], [3, 'bad_amount'], [4, 'bad_number'], [5, 'required'], [2, 'campaign_unknown']]) {
        const text = cabinet.t(`costs.reason.${reason}`);
        assert.ok(rows.some((row) => row.startsWith(String(line)) && row.includes(text)), `line ${line}: ${text} is not among\n${rows.join('\n')}`);
      }
      assert.equal(await cabinet.button('costs.upload.confirm').count(), 0);
      await cabinet.button('costs.upload.other').waitFor();
    });

    step('AN-2 a formula that cannot be read is refused at its field, with the place', async () => {
      await cabinet.open('/reports/end-to-end');
      await cabinet.button('reports.toolbar.columns').click();
      await cabinet.button('reports.formula.add').click();
      const dialog = window.page.getByRole('dialog', { name: cabinet.t('reports.formula.title') });
      const expression = cabinet.field('reports.formula.expression', dialog);
      await cabinet.button('reports.formula.submit', dialog).click();
      await told('formula-empty', 'common.form.required');
      await cabinet.field('reports.formula.name', dialog).fill('Цена');
      await expression.fill('cost / (calls + chats');
      await cabinet.button('reports.formula.submit', dialog).click();
      await told('formula-end', 'reports.formula.atEnd');
      await expression.fill('cost / leads');
      await cabinet.button('reports.formula.submit', dialog).click();
      await told('formula-word', 'reports.formula.at', { position: 8, rest: 'leads' });
      await expression.fill('cost / (calls + chats)');
      await cabinet.button('reports.formula.submit', dialog).click();
      await dialog.waitFor({ state: 'detached' });
      await cabinet.button('reports.columns.apply').click();
    });

    step('AN-2 without a connection the report says so, and comes back', async () => {
      await cabinet.open('/reports/summary');
      await settled(window.page);
      await window.context.setOffline(true);
      await cabinet.choose(cabinet.t('reports.period.label'), cabinet.t('reports.preset.thisYear'));
      await told('no-connection', 'errors.title.NETWORK');
      await window.context.setOffline(false);
      await cabinet.button('common.action.retry').first().click();
      await window.page.getByText(cabinet.t('reports.table.emptyTitle'), { exact: true }).waitFor();
      // Of what the browser itself says about the connection, nothing else may be left.
      const others = window.problems.filter((problem) => !/ERR_INTERNET_DISCONNECTED/.test(problem));
      window.problems.splice(0, window.problems.length, ...others);
    });

    step('OC-1 what is no address is not let into the Data API', async () => {
      await cabinet.open('/account/data-api');
      for (const network of ['crm.example', '127.0.0.1/33', '']) {
        await cabinet.field('dataapi.networks.network').fill(network);
        await cabinet.button('dataapi.networks.add').click();
        await told(`network-${network.length}`, 'dataapi.networks.invalid');
      }
      await cabinet.field('dataapi.networks.network').fill('127.0.0.1/8');
      await cabinet.button('dataapi.networks.add').click();
      await told('network-host-bits', 'errors.reason.host_bits');
    });

    step('CA-1 an unknown deal and saved view are called missing', async () => {
      for (const path of ['/deals/1', '/deals/abc', '/reports/views/1']) {
        await cabinet.open(path);
        await told(`unknown${path.replaceAll('/', '-')}`, 'errors.title.NOT_FOUND');
      }
    });

    step('CA-1 a wrong password and an unknown e-mail are answered alike', async () => {
      await cabinet.signOut();
      await cabinet.signIn({ ...owner, password: 'not this one at all' });
      await told('wrong-password', 'errors.reason.wrong_credentials');
      await cabinet.signIn({ ...owner, email: 'nobody@lavka.example' });
      await told('unknown-email', 'errors.reason.wrong_credentials');
      await cabinet.signIn(owner);
      await cabinet.signedIn();
    });

    step('CA-1 a wrong invitation is called wrong', async () => {
      await cabinet.open('/invite?token=wrong');
      await told('invitation', 'session.invite.invalidTitle');
      await cabinet.open('/invite');
      await told('no-invitation', 'session.invite.invalidTitle');
    });

    step('nothing else went wrong on the way', () => assert.deepEqual(window.problems, []));
  });
}
