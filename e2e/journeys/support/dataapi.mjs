/** A program that calls the Data API with a key. */
export class DataApi {
  #last = 0;

  constructor(url, key) {
    this.url = url;
    this.key = key;
  }

  /** Calls a method; the whole answer. */
  async ask(method, params = {}) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++this.#last, method, params: { access_token: this.key, ...params } });
    const answer = await fetch(`${this.url}/v2.0`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    return answer.json();
  }

  /** Calls a method that must succeed; its data. */
  async call(method, params) {
    const { result, error } = await this.ask(method, params);
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result.data;
  }
}

/** A moment as the Data API takes it, in whole seconds. */
export const stamp = (moment = new Date()) => moment.toISOString().replace(/\.\d+/, '');

/** Waits for the clock to begin another second: what happens within the second of a creation counts as before it. */
export async function nextSecond() {
  const began = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === began) await new Promise((done) => setTimeout(done, 1000 - (Date.now() % 1000)));
}
