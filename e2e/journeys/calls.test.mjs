// From an advertisement to a call: a number of one's own, the card of the employee who is rung, a talk, its recording, the report; a lost call, called back.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { eventually, launch, openWindow, picture, screenshots, settled } from './support/browser.mjs';
import { Cabinet } from './support/cabinet.mjs';
import { engines, newDatabase } from './support/database.mjs';
import { startEmulators } from './support/emulators.mjs';
import { Phones } from './support/phones.mjs';
import { startEmpty } from './support/program.mjs';
import { Report } from './support/report.mjs';
import { startSite } from './support/site.mjs';
import { stepsOf } from './support/steps.mjs';
import { labelled } from './support/texts.mjs';

const host = 'okna.example';
const owner = { company: 'Окна', name: 'Ольга Петрова', email: 'olga@okna.example', password: 'long walks in autumn' };
const colleague = { name: 'Иван Соколов', email: 'ivan@okna.example', password: 'short walks in spring' };
const ad = '/?utm_source=yandex&utm_medium=cpc&utm_campaign=warm_windows&utm_term=okna';
const ownNumber = '74950000099'; // stands in the page until another one is lent
const numbers = ['74950000001', '74950000002'];
const caller = '79161234567';
const scenario = 'To Olga';
const digits = (text) => text.replace(/\D/g, '');

const shopPage = (snippet) => `<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Окна</title>
${snippet}
</head><body><h1>Тёплые окна</h1>
<p>Звоните: <span class="phone">+7 (495) 000-00-99</span> или <a class="phone" href="tel:+${ownNumber}">нажмите</a></p></body></html>`;

for (const [index, engine] of engines.entries()) {
  const language = ['ru', 'en'][index];
  describe(`a call from an advertisement, ${engine}, ${language}`, () => {
    let database, emulators, started, browser, mine, theirs, visitor, site, cabinet, other, phones, snippet, t, lent;
    const step = stepsOf(`calls-${engine}`, () => [mine, theirs, phones?.window, visitor], () => started?.program);
    const shotOf = async (page, name) => {
      await settled(page);
      await picture(page, `calls-${engine}-${name}`);
    };
    const shot = (name) => shotOf(mine.page, name);

    before(async () => {
      emulators = await startEmulators();
      database = newDatabase(engine);
      started = await startEmpty(database.dsn, '--integration-networks', 'loopback');
      browser = await launch([host]);
      mine = await openWindow(browser, { language });
      cabinet = new Cabinet(mine.page, started.url, language);
      ({ t } = cabinet);
      await mine.page.goto(started.link);
      await cabinet.completeSetup(owner);
      await cabinet.signedIn();
      await cabinet.addSite(host);
      await cabinet.heading(host).waitFor();
      snippet = await mine.page.getByRole('region', { name: t('sites.snippet.title') }).locator('code').innerText();
    });
    after(async () => {
      await browser?.close();
      await site?.close();
      await started?.program.stop();
      await emulators?.stop();
      database?.drop();
      console.log(`screenshots: ${screenshots}`);
    });

    const cardOf = (window, phase) =>
      window.page.getByRole('complementary', { name: t('popups.stack.label') }).getByRole('article', { name: new RegExp(`^${t(`popups.phase.${phase}`)}`) });

    const lostRow = () => mine.page.getByRole('region', { name: t('calls.list.title') }).getByRole('row').nth(1);
    const view = (name) => mine.page.getByRole('radiogroup', { name: t('calls.view.label') }).getByText(t(`calls.view.${name}`), { exact: true }).click();

    /** Waits until the report has so many calls at the advertisement of the one visit there was, and none elsewhere. */
    async function reportCounts(calls) {
      const report = new Report(cabinet, 'END_TO_END');
      const figures = async () => {
        await cabinet.open('/reports/end-to-end?dims=source,utm_campaign&cols=calls');
        await settled(mine.page);
        return report.figures().catch(() => ({}));
      };
      await eventually(figures, (now) => now.yandex?.at(-1) === calls && now[Report.total].at(-1) === calls, `${calls} calls from yandex`);
    }

    async function addEmployee(last, first, line, user) {
      await cabinet.button('employees.list.add').first().click();
      const form = mine.page.getByRole('dialog', { name: t('employees.form.title') });
      await cabinet.field('employees.form.lastName', form).fill(last);
      await cabinet.field('employees.form.firstName', form).fill(first);
      await cabinet.field('employees.form.extension', form).fill(line);
      await cabinet.choose(t('employees.form.user'), user, form);
      await cabinet.button('employees.phones.add', form).click();
      await cabinet.choose(t('employees.phones.kind'), t('employees.phones.kinds.LINE'), form);
      await cabinet.field('employees.phones.number.LINE', form).fill(line);
      return form;
    }

    step('CA-1 a colleague is invited and signs in', async () => {
      await cabinet.open('/users');
      await cabinet.button('users.list.invite').click();
      const dialog = mine.page.getByRole('dialog', { name: t('users.invite.title') });
      await cabinet.field('session.field.email', dialog).fill(colleague.email);
      await dialog.getByRole('radio', { name: t('users.role.OPERATOR') }).check();
      await cabinet.button('users.invite.submit', dialog).click();
      const link = dialog.getByText(/^http.*token=/).or(dialog.getByLabel(t('users.invite.link')));
      await link.first().waitFor();
      const address = await link.first().evaluate((node) => node.value ?? node.textContent);
      theirs = await openWindow(browser, { language });
      other = new Cabinet(theirs.page, started.url, language);
      await theirs.page.goto(address);
      await other.field('session.field.name').fill(colleague.name);
      await other.field('session.field.newPassword').fill(colleague.password);
      await other.button('session.invite.submit').click();
      await other.signedIn();
    });

    step('TP-1 the provider is attached, and on the line as soon as it has the secret', async () => {
      phones = await Phones.open(browser, emulators.of('pbxsim').url, language);
      const access = await phones.access();
      await cabinet.open('/telephony/connect');
      await cabinet.button('connections.wizard.next').click();
      await cabinet.field('connections.form.address').fill(access.address);
      await mine.page.getByLabel(t('connections.form.tokenCTPBX')).fill(access.token);
      await cabinet.button('connections.wizard.create').click();
      const secret = await mine.page.getByLabel(t('connections.secret.label')).inputValue();
      const events = await mine.page.getByLabel(t('connections.address.events')).inputValue();
      await shot('1-connection');
      await phones.connect(events, secret);
      await mine.page.getByRole('link', { name: t('connections.wizard.done') }).click();
      await mine.page.waitForURL(/\/telephony\/\d+$/);
      await eventually(
        async () => {
          await mine.page.reload();
          await settled(mine.page);
          return mine.page.getByText(t('connections.health.up'), { exact: true }).count();
        },
        (count) => count > 0,
        'the provider is on the line',
      );
      await shot('2-on-the-line');
    });

    step('RC-2 two employees have lines of the provider and users of the cabinet', async () => {
      await cabinet.open('/employees');
      let form = await addEmployee('Петрова', 'Ольга', '101', owner.name);
      await shot('3-employee');
      await cabinet.button('employees.form.create', form).click();
      await form.waitFor({ state: 'detached' });
      form = await addEmployee('Соколов', 'Иван', '102', colleague.name);
      await cabinet.button('employees.form.create', form).click();
      await form.waitFor({ state: 'detached' });
      await shot('4-employees');
    });

    step('RC-4 a scenario rings the first employee', async () => {
      await cabinet.open('/scenarios');
      await cabinet.button('scenarios.list.add').click();
      await mine.page.getByRole('menuitem').filter({ hasText: t('scenarios.template.direct') }).click();
      await cabinet.field('scenarios.form.name').fill(scenario);
      await cabinet.choose({ ru: 'Сотрудник', en: 'Employee' }[language], /^Петрова Ольга/, cabinet.panel('scenarios.form.operation'));
      await shot('4a-scenario');
      await cabinet.button('scenarios.form.create').click();
      await mine.page.waitForURL(/\/scenarios\/\d+$/);
    });

    step('DT-1 a block of the pages, a pool, and numbers that are lent to visits', async () => {
      await cabinet.open('/pools/blocks');
      await cabinet.button('pools.blocks.add').click();
      let form = mine.page.getByRole('dialog', { name: t('pools.block.title') });
      await cabinet.field('pools.block.name', form).fill('Phone');
      await cabinet.choose(t('pools.block.by'), t('pools.place.CLASS'), form);
      await cabinet.field('pools.placeValue.CLASS', form).fill('phone');
      await cabinet.button('pools.block.create', form).click();
      await form.waitFor({ state: 'detached' });
      await cabinet.open('/pools');
      await cabinet.button('pools.list.add').click();
      form = mine.page.getByRole('dialog', { name: t('pools.form.title') });
      await cabinet.field('pools.form.name', form).fill('All');
      await cabinet.button('pools.form.create', form).click();
      await form.waitFor({ state: 'detached' });
      await cabinet.open('/numbers');
      await cabinet.button('numbers.list.add').first().click();
      form = mine.page.getByRole('dialog', { name: t('numbers.form.addTitle') });
      await form.getByRole('textbox', { name: labelled(t('numbers.form.numbers')) }).fill(numbers.join('\n'));
      await cabinet.choose(t('numbers.field.usage'), t('numbers.usage.POOL'), form);
      await cabinet.choose(t('numbers.field.pool'), /^All/, form);
      await cabinet.choose(t('numbers.field.scenario'), scenario, form);
      await cabinet.choose(t('numbers.field.connection'), t('connections.kind.CTPBX'), form);
      await cabinet.choose(t('numbers.field.records'), t('numbers.form.yes'), form);
      await shot('4b-numbers');
      await form.locator('button[type=submit]').click();
      await form.waitFor({ state: 'detached' });
      await mine.page.getByRole('table').getByText(/000-00-02/).first().waitFor();
      await cabinet.open('/pools');
      await mine.page.getByText('All', { exact: true }).first().waitFor();
      await shot('4c-pools');
    });

    step('DT-2 a visitor from the advertisement sees a number of their own, in the text and behind the link', async () => {
      site = await startSite(() => shopPage(snippet));
      visitor = await openWindow(browser);
      const text = visitor.page.locator('span.phone');
      await eventually(
        async () => {
          await visitor.page.goto(`http://${host}:${site.port}${ad}`);
          await visitor.page.waitForFunction(() => window.Comagic?.getCredentials?.().hit_id);
          await visitor.page.waitForFunction((own) => document.querySelector('span.phone').textContent.replace(/\D/g, '') !== own, ownNumber, { timeout: 2000 }).catch(() => {});
          return digits(await text.innerText());
        },
        (shown) => numbers.includes(shown),
        'a number is lent',
        20_000,
      );
      lent = digits(await text.innerText());
      assert.equal(await visitor.page.locator('a.phone').getAttribute('href'), `tel:+${lent}`);
      await picture(visitor.page, `calls-${engine}-5-visitor`);
    });

    step('RC-1 RC-3 the employee who is rung has a card with the advertisement within a second, nobody else has', async (run) => {
      await cabinet.open('/');
      await other.open('/');
      await settled(mine.page);
      await settled(theirs.page);
      const called = await phones.call(caller, lent);
      const card = cardOf(mine, 'RINGING');
      await card.getByText(/warm_windows/).first().waitFor();
      const took = Date.now() - called;
      run.diagnostic(`the card with the advertisement is there ${took} ms after the click on “call”`);
      assert.ok(took < 1000, `${took} ms`);
      await shot('6-card');
      await picture(phones.page, `calls-${engine}-7-phones`);
      assert.equal(await theirs.page.getByRole('article').filter({ hasText: /916/ }).count(), 0);
    });

    step('RC-3 answered at the phone; held and resumed in the card', async () => {
      await phones.is('101', 'ringing');
      await phones.press('101', 'answer');
      const card = cardOf(mine, 'ANSWERED');
      await card.waitFor();
      await shot('8-talk');
      const control = (key) => card.getByRole('button', { name: new RegExp(`^${t(key)}`) });
      await control('calls.control.hold').click();
      await phones.is('101', 'held');
      await control('calls.control.unhold').waitFor();
      await shot('9-held');
      await control('calls.control.unhold').click();
      await phones.is('101', 'answered');
      await control('calls.control.hold').waitFor();
    });

    step('RC-3 transferred: the card is the colleague’s now, then the call is over', async () => {
      await phones.transfer('101', '102');
      await phones.is('102', 'ringing');
      await cardOf(theirs, 'RINGING').getByText(/warm_windows/).first().waitFor();
      await shotOf(theirs.page, '10-transferred');
      await phones.press('102', 'answer');
      await cardOf(theirs, 'ANSWERED').waitFor();
      await new Promise((done) => setTimeout(done, 2000)); // a talk that can be listened to
      await phones.press(caller, 'hangUp');
      await cardOf(theirs, 'ANSWERED').waitFor({ state: 'detached' });
    });

    step('RC-16 MP-2 DT-4 the page of the call: advertisement, steps, talks, and a recording that plays', async () => {
      await cabinet.go('shell.nav.callList');
      await cabinet.heading(t('calls.list.title')).waitFor();
      const rows = mine.page.getByRole('region', { name: t('calls.list.title') }).getByRole('row');
      await rows.nth(1).getByText(t('calls.method.EXCLUSIVE')).waitFor();
      await shot('11-calls');
      await rows.nth(1).getByRole('link').first().click();
      await mine.page.waitForURL(/\/calls\/\d+$/);
      const advertising = cabinet.panel('calls.attribution.title');
      await advertising.getByText(t('calls.method.EXCLUSIVE'), { exact: true }).waitFor();
      await advertising.getByText(/warm_windows/).first().waitFor();
      await cabinet.panel('calls.steps.title').getByText(t('calls.operation.forward')).first().waitFor();
      const talks = cabinet.panel('calls.talks.title');
      await eventually(
        async () => {
          await mine.page.reload();
          await settled(mine.page);
          return [await talks.getByText(t('calls.talks.n', { n: 2 }), { exact: true }).count(), await talks.locator('audio').count()];
        },
        ([second, recordings]) => second === 1 && recordings > 0,
        'two talks and a recording',
        15_000,
      );
      await shot('12-call');
      const play = talks.getByRole('button', { name: new RegExp(`^${t('calls.player.play')}`) }).last();
      await play.click();
      await mine.page.waitForFunction(() => [...document.querySelectorAll('audio')].some((audio) => audio.currentTime > 0.3));
      const wave = await talks.getByRole('slider').last().locator('path').first().getAttribute('d');
      const tall = [...wave.matchAll(/v([\d.]+)h/g)].map(([, height]) => Number(height));
      assert.ok(tall.length > 100 && Math.max(...tall) > 4 * Math.min(...tall), `a waveform: ${tall}`);
      await shot('13-plays');
    });

    step('AN-1 the call counts to the advertisement in the report, and is among the communications', async () => {
      await cabinet.open('/communications?kinds=CALL');
      const list = mine.page.getByRole('table');
      await list.getByText(/warm_windows/).first().waitFor();
      await shot('14-communications');
      await reportCounts(1);
      await shot('15-report');
    });

    step('RC-10 a call nobody answers is lost, and shown with whom it rang at', async () => {
      await phones.call(caller, lent);
      await phones.is('101', 'ringing');
      await cardOf(mine, 'RINGING').waitFor();
      await phones.press(caller, 'hangUp');
      await cardOf(mine, 'LOST').waitFor();
      await shot('16-lost-card');
      await cabinet.go('shell.nav.callList');
      await cabinet.heading(t('calls.list.title')).waitFor();
      await view('lost');
      const row = lostRow();
      await row.getByText(t('calls.list.lost'), { exact: true }).first().waitFor();
      await row.getByText(t('calls.lost.caller_hangup_ringing')).waitFor();
      await row.getByText(/^Петрова Ольга/).waitFor();
      await shot('17-lost');
    });

    step('RC-6 it is called back by click: one’s own phone rings, then the contact’s', async () => {
      await cabinet.button('common.action.close', cardOf(mine, 'LOST')).click();
      const back = lostRow().getByRole('button', { name: new RegExp(`^${t('calls.start.back')}`) });
      await back.click();
      await phones.is('101', 'ringing');
      await phones.press('101', 'answer');
      await phones.is(caller, 'ringing');
      await shot('18-calling-back');
      await phones.press(caller, 'answer');
      await phones.is(caller, 'answered');
      await phones.press('101', 'hangUp');
      await eventually(
        async () => {
          await cabinet.open('/calls');
          await view('lost');
          await lostRow().waitFor();
          return lostRow().getByText(t('calls.list.calledBack')).count();
        },
        (count) => count === 1,
        'the lost call is shown as called back',
      );
      await shot('19-called-back');
      await lostRow().getByRole('link').first().click();
      await mine.page.waitForURL(/\/calls\/\d+$/);
      await mine.page.getByText(t('calls.back.done'), { exact: true }).waitFor();
      await mine.page.getByRole('link', { name: t('calls.back.ours') }).waitFor();
      await shot('20-lost-call');
    });

    step('nothing went wrong in any window on the way', () => {
      for (const window of [mine, theirs, visitor, phones.window]) assert.deepEqual(window.problems, []);
    });
  });
}
