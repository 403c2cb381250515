import { labelled, texts } from './texts.mjs';

/** The cabinet in a window, driven as a person drives it: by names of fields, buttons and links in one language. */
export class Cabinet {
  constructor(page, url, language = 'ru') {
    this.page = page;
    this.url = url;
    this.language = language;
    this.t = texts(language);
  }

  open(path = '/') {
    return this.page.goto(this.url + path);
  }

  field(key, within = this.page) {
    return within.getByRole('textbox', { name: labelled(this.t(key)) }).or(within.getByLabel(labelled(this.t(key))).and(within.locator('input')));
  }

  button(key, within = this.page) {
    return within.getByRole('button', { name: this.t(key), exact: true });
  }

  heading(text) {
    return this.page.getByRole('heading', { name: text, exact: true });
  }

  /** A framed part of a page, by its heading. */
  panel(key) {
    return this.page.getByRole('region', { name: this.t(key), exact: true });
  }

  /** Waits until somebody is signed in. */
  signedIn() {
    return this.button('shell.user.signOut').waitFor();
  }

  /** Chooses an option of a list by their words. */
  async choose(label, option, within = this.page) {
    await within.getByRole('combobox', { name: labelled(label) }).click();
    await this.page.getByRole('option', { name: option, exact: true }).click();
  }

  /** Makes a goal of an event of trackEvent on the page of a site, which is open. */
  async addEventGoal(name, { category, action }) {
    await this.page.getByRole('link', { name: this.t('sites.tab.goals'), exact: true }).click();
    await this.button('goals.list.add').first().click();
    const dialog = this.page.getByRole('dialog', { name: this.t('goals.form.title') });
    await this.field('goals.form.name', dialog).fill(name);
    await this.field('goals.form.category', dialog).fill(category);
    await this.field('goals.form.action', dialog).fill(action);
    await this.button('goals.form.create', dialog).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Makes an API token with one right alone and returns its secret. */
  async newToken(name, scope) {
    await this.open('/tokens');
    await this.button('tokens.list.add').first().click();
    const dialog = this.page.getByRole('dialog', { name: this.t('tokens.form.title') });
    await this.field('tokens.form.name', dialog).fill(name);
    await dialog.getByRole('checkbox', { name: this.t('tokens.scope.READ'), exact: true }).uncheck();
    await dialog.getByRole('checkbox', { name: this.t(`tokens.scope.${scope}`), exact: true }).check();
    await this.button('tokens.form.submit', dialog).click();
    const secret = await this.field('tokens.secret.label').inputValue();
    await this.button('tokens.secret.done').click();
    return secret;
  }

  /** Makes a key of the Data API and returns its secret. */
  async newDataApiKey(name) {
    await this.open('/account/data-api');
    await this.button('tokens.list.add').click();
    const dialog = this.page.getByRole('dialog', { name: this.t('tokens.form.title') });
    await this.field('tokens.form.name', dialog).fill(name);
    await this.button('tokens.form.submit', dialog).click();
    const secret = await this.field('tokens.secret.label').inputValue();
    await this.button('tokens.secret.done').click();
    return secret;
  }

  /** Lets a network call the Data API. */
  async allowNetwork(network) {
    await this.open('/account/data-api');
    await this.field('dataapi.networks.network').fill(network);
    await this.button('dataapi.networks.add').click();
    await this.page.getByRole('region', { name: this.t('dataapi.networks.table') }).getByText(network, { exact: true }).waitFor();
  }

  /** Follows a link of the main navigation. */
  async go(key) {
    await this.page.getByRole('navigation', { name: this.t('shell.nav.label') }).getByRole('link', { name: this.t(key), exact: true }).click();
  }

  async completeSetup({ company, name, email, password }) {
    await this.field('session.setup.accountName').fill(company);
    await this.field('session.field.name').fill(name);
    await this.field('session.field.email').fill(email);
    await this.field('session.field.newPassword').fill(password);
    await this.button('session.setup.submit').click();
  }

  async signIn({ email, password }) {
    await this.field('session.field.email').fill(email);
    await this.field('session.field.password').fill(password);
    await this.button('session.signIn.submit').click();
  }

  async signOut() {
    await this.button('shell.user.signOut').click();
    await this.heading(this.t('session.signIn.title')).waitFor();
  }

  /** Opens the form for a new site and sends it; returns the form, which stays when the domain is not accepted. */
  async addSite(domain) {
    await this.go('shell.nav.sites');
    await this.heading(this.t('sites.list.title')).waitFor(); // the page before has a button of the same name
    await this.button('sites.list.add').first().click();
    const dialog = this.page.getByRole('dialog', { name: this.t('sites.form.title') });
    await this.field('sites.form.domain', dialog).fill(domain);
    await this.button('sites.form.create', dialog).click();
    return dialog;
  }
}
