import { openWindow } from './browser.mjs';
import { labelled } from './texts.mjs';

const texts = {
  ru: { connect: 'Подключить', connected: 'подключено', address: 'Адрес событий из Сквоза', secret: 'Секрет (whsec_…)', own: 'Свой номер (пусто — скрыт)', to: 'Куда звонить', call: 'Позвонить', toWhom: 'Номер или добавочный', answer: 'Ответить', hold: 'Удержать', resume: 'Снять с удержания', transfer: 'Перевести', hangUp: 'Положить трубку' },
  en: { connect: 'Connect', connected: 'connected', address: 'Events address from Skvoz', secret: 'Secret (whsec_…)', own: 'Your number (empty = hidden)', to: 'Number to call', call: 'Call', toWhom: 'Number or extension', answer: 'Answer', hold: 'Hold', resume: 'Resume', transfer: 'Transfer', hangUp: 'Hang up' },
};

/** The page of the simulated provider, where phones are picked up, put on hold and hung up by click. */
export class Phones {
  constructor(window, url, language) {
    Object.assign(this, { window, page: window.page, url, words: texts[language] });
  }

  static async open(browser, url, language) {
    const window = await openWindow(browser, { language });
    await window.page.goto(`${url}/?lang=${language}`);
    return new Phones(window, url, language);
  }

  /** Where commands go and what they must bear, as the page says. */
  async access() {
    await this.page.locator('#token').filter({ hasText: /./ }).waitFor();
    return { address: await this.page.locator('#own-address').innerText(), token: await this.page.locator('#token').innerText() };
  }

  async connect(address, secret) {
    await this.page.getByLabel(this.words.address).fill(address);
    await this.page.getByLabel(this.words.secret).fill(secret);
    await this.page.getByRole('button', { name: this.words.connect, exact: true }).click();
    await this.page.locator('#link').getByText(this.words.connected, { exact: true }).waitFor();
  }

  /** Calls a number from outside; returns when it was clicked. */
  async call(from, to) {
    await this.page.getByLabel(this.words.own).fill(from);
    await this.page.getByLabel(labelled(this.words.to)).fill(to);
    const at = Date.now();
    await this.page.locator('#place').getByRole('button', { name: this.words.call, exact: true }).click();
    return at;
  }

  /** The phone of an extension or an outside number. */
  phone(key) {
    return this.page.locator(`[data-phone="${key}"]`);
  }

  press(key, button) {
    return this.phone(key).getByRole('button', { name: this.words[button], exact: true }).click();
  }

  async transfer(key, to) {
    await this.phone(key).getByLabel(this.words.toWhom).fill(to);
    await this.press(key, 'transfer');
  }

  /** Waits until a phone is in a state: ringing, answered, held. */
  async is(key, state) {
    await this.page.locator(`[data-phone="${key}"][data-state="${state}"]`).waitFor();
  }
}
