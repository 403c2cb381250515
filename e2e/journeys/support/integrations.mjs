import { eventually } from './browser.mjs';
import { labelled } from './texts.mjs';

/** Integrations in a cabinet: the wizard, and the page of an attached system. Words of the systems themselves are given as a person reads them. */
export class Integrations {
  constructor(cabinet) {
    this.cabinet = cabinet;
    this.page = cabinet.page;
    this.t = cabinet.t;
  }

  /** Begins to attach a system; `isFurther` when one of its kind is there. */
  async begin(system, { isFurther = false } = {}) {
    await this.cabinet.open('/integrations');
    await this.cabinet.heading(this.t('integrations.list.title')).waitFor();
    const key = isFurther ? 'integrations.list.addNamed' : 'integrations.list.connectNamed';
    await this.page.getByRole('button', { name: this.t(key, { name: system }), exact: true }).click();
    await this.cabinet.heading(this.t('integrations.wizard.title', { name: system })).waitFor();
  }

  /** Waits for a step of the wizard, by its title. */
  async at(title) {
    await this.page.getByRole('heading', { level: 2, name: title, exact: true }).waitFor();
  }

  /** Goes on to the next step of the wizard, once that is allowed. */
  async next(title) {
    await this.page.locator('button[aria-disabled="false"]').filter({ hasText: this.t('integrations.wizard.next') }).click();
    if (title) await this.at(title);
  }

  /** Enters a text or a secret; a secret that is set is replaced. */
  async fill(label, text) {
    const field = this.page.getByRole('textbox', { name: labelled(label) });
    const replace = this.page.getByRole('button', { name: this.t('integrations.secret.replaceNamed', { name: label }), exact: true });
    await field.or(replace).first().waitFor();
    if (await replace.isVisible()) await replace.click();
    await field.fill(text);
  }

  /** Chooses some of several choices, each by its words or the first that match a pattern. */
  async chooseSome(label, ...options) {
    const field = this.page.getByRole('combobox', { name: labelled(label) }).or(this.page.getByRole('textbox', { name: labelled(label) }));
    for (const option of options) {
      await field.first().click();
      await this.page.getByRole('option', { name: option, exact: true }).first().click();
    }
    await this.page.keyboard.press('Escape');
  }

  /** Switches on at the end of the wizard; returns the address of the integration's page. */
  async switchOn(key = 'integrations.action.activate') {
    await this.page.locator('button[aria-disabled="false"]').filter({ hasText: this.t(key) }).click();
    await this.page.waitForURL(/\/integrations\/\d+$/);
    return new URL(this.page.url()).pathname;
  }

  tab(name) {
    return this.page.getByRole('tab', { name, exact: true }).click();
  }

  /** The badge of the integration's state. */
  state(state) {
    return this.page.getByText(this.t(`integrations.state.${state}`), { exact: true }).first();
  }

  /** Presses a button among the integration's actions. */
  press(key) {
    return this.cabinet.button(key).first().click();
  }

  /** Opens the journal, only jobs of some kinds and states. */
  async journal(path, { kinds, states } = {}) {
    const search = new URLSearchParams({ tab: 'journal', ...(kinds && { kinds }), ...(states && { states }) });
    await this.cabinet.open(`${path}?${search}`);
    await this.page.getByRole('tab', { name: this.t('integrations.tab.journal'), exact: true, selected: true }).waitFor();
  }

  /** Waits until the newest delivery of somebody's goal is in a state, and says why when that is given; the journal is left open. */
  async waitFor(path, name, state, failure, milliseconds = 10_000) {
    await this.journal(path, { kinds: 'DELIVER' });
    const wanted = [this.t(`integrations.jobState.${state}`), ...(failure ? [this.t(`integrations.failure.${failure}`)] : [])];
    const look = async () => {
      const row = this.rows(name).first();
      const text = (await row.count()) > 0 ? await row.innerText() : '';
      if (!wanted.every((words) => text.includes(words))) await this.press('integrations.journal.refresh');
      return text;
    };
    await eventually(look, (text) => wanted.every((words) => text.includes(words)), `the delivery of ${name}, wanted ${wanted}`, milliseconds);
  }

  /** Keeps the settings of the open tab. */
  async save() {
    await this.page.locator('button:not([aria-disabled="true"]):not([disabled])').filter({ hasText: this.t('common.action.save') }).click();
    await this.page.getByText(this.t('common.state.saved')).first().waitFor();
  }

  /** Waits until the check counts so many deals here and there. */
  async agrees(path, deals) {
    const verdict = this.page.getByRole('tabpanel').getByRole('status');
    const look = async () => {
      await this.cabinet.open(`${path}?tab=check`);
      return verdict.innerText();
    };
    await eventually(look, (text) => text === this.t('integrations.check.equal'), 'the check');
    await this.page.getByRole('row', { name: new RegExp(`^${this.t('integrations.check.total')} ${deals} ${deals} `) }).waitFor();
  }

  /** The rows of the journal with some words, a name mostly. */
  rows(name) {
    return this.page.getByRole('region', { name: this.t('integrations.tab.journal'), exact: true }).getByRole('row').filter({ hasText: name });
  }

  /** Opens the details of the newest job with some words. */
  async open(name) {
    await this.rows(name).first().getByRole('button').first().click();
    const details = this.page.getByRole('dialog', { name: this.t('integrations.job.title') });
    await details.getByRole('heading', { name: this.t('integrations.job.attempts') }).waitFor();
    return details;
  }

  async close(details) {
    await details.getByRole('button', { name: this.t('common.action.close'), exact: true }).click();
    await details.waitFor({ state: 'detached' });
  }

  /** The mark at the navigation's entry that something needs attention; presses of none can be waited for with `state: 'detached'`. */
  mark() {
    const name = new RegExp(`^${this.t('shell.nav.integrations')}.+`);
    return this.page.getByRole('navigation', { name: this.t('shell.nav.label') }).getByRole('link', { name });
  }
}
