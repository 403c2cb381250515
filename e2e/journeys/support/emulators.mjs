import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The built emulators: EMULATORS_BIN, else bin/emulators. */
const binary = resolve(process.env.EMULATORS_BIN ?? join(root, 'bin/emulators'));

/** Starts the emulators of outside systems on ports the system chose; `of(kind)` is one of them. */
export async function startEmulators() {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make emulators-binary`);
  const child = spawn(binary, ['--listen', '127.0.0.1:0', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const exited = new Promise((done) => child.once('exit', done));
  const line = await new Promise((done, fail) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (text.includes('\n')) done(text);
    });
    exited.then((code) => fail(new Error(`the emulators ended with ${code}:\n${errors}`)));
  });
  const { control, vendors } = JSON.parse(line);
  return {
    control,
    of: (kind) => new Emulator(control, vendors.find((vendor) => vendor.kind === kind)),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const code = await exited;
      clearTimeout(late);
      if (code !== 0) throw new Error(`the emulators ended with ${code}:\n${errors}`);
    },
  };
}

/** The emulators that run at a control API already. */
export async function emulatorsAt(control) {
  const { vendors } = await (await fetch(`${control}/_ctl/vendors`)).json();
  return { control, of: (kind) => new Emulator(control, vendors.find((vendor) => vendor.kind === kind)) };
}

/** An outside system, as its people and its administrators see it. */
class Emulator {
  constructor(control, { kind, url, credentials }) {
    this.address = `${control}/_ctl/${kind}`;
    this.url = url;
    /** What to type into the wizard, by the names of its settings. */
    this.credentials = Object.fromEntries(credentials.map(({ setting, value }) => [setting, value]));
  }

  async #call(path, body, method = body === undefined ? 'GET' : 'POST') {
    const answer = await fetch(this.address + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    const result = text === '' ? {} : JSON.parse(text);
    if (!answer.ok) throw new Error(`${method} ${path}: ${result.error}`);
    return result;
  }

  /** What people do there; the answer of the action. */
  async act(name, values = {}) {
    return (await this.#call(`/actions/${name}`, values)).result;
  }

  /** The rows of a table by the titles of its columns, newest first. */
  async rows(name) {
    const { tables } = await this.#call('/state');
    const { columns, rows } = tables.find((table) => table.name === name);
    return rows.map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index]])));
  }

  /** The requests whose address has a part, oldest first. */
  async requests(method, path) {
    return (await this.#call(`/journal?${new URLSearchParams({ method, path })}`)).entries;
  }

  /** Switches a fault on. */
  fault(fault) {
    return this.#call('/faults', fault);
  }

  /** Switches all faults off. */
  heal() {
    return this.#call('/faults', undefined, 'DELETE');
  }
}
