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
    await this.button('sites.list.add').first().click();
    const dialog = this.page.getByRole('dialog', { name: this.t('sites.form.title') });
    await this.field('sites.form.domain', dialog).fill(domain);
    await this.button('sites.form.create', dialog).click();
    return dialog;
  }
}
