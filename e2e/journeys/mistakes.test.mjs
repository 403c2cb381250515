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

    /** Waits for a message, given by its key, and keeps a picture. */
    async function told(name, key, values) {
      await window.page.getByText(cabinet.t(key, values), { exact: true }).first().waitFor();
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
