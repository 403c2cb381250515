import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The built program: SKVOZ_BIN, else bin/skvoz. */
export const binary = resolve(process.env.SKVOZ_BIN ?? join(root, 'bin/skvoz'));

/**
 * A running skvoz with a data directory of its own, on a port the system chose.
 *
 * `output` is everything it has written; `find` waits until a pattern is in it.
 */
export class Program {
  output = '';
  #child;
  #dataDir = mkdtempSync(join(tmpdir(), 'skvoz-e2e-'));
  #waiting = new Set();
  #exited;

  /** Starts `skvoz serve` (database: a DSN, SQLite when absent) or another command given with its arguments. */
  constructor({ command = ['serve'], database } = {}) {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build`);
    const args = [...command, '--data-dir', this.#dataDir, '--listen', '127.0.0.1:0', '--admin-listen', ''];
    if (database) args.push('--database', database);
    this.#child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream.setEncoding('utf8').on('data', (text) => this.#take(text));
    this.#exited = new Promise((done) => this.#child.once('exit', done));
    this.#exited.then((code) => {
      this.output += `\n(ended with ${code})`;
      for (const { fail } of this.#waiting) fail(new Error(`the program ended with ${code}:\n${this.output}`));
    });
  }

  #take(text) {
    this.output += text;
    for (const wait of this.#waiting) wait.look();
  }

  /** The match of a pattern in the output, as soon as it is there. */
  async find(pattern, milliseconds = 60_000) {
    const wait = {};
    let timer;
    try {
      return await new Promise((done, fail) => {
        wait.fail = fail;
        wait.look = () => {
          const match = this.output.match(pattern);
          if (match) done(match);
        };
        this.#waiting.add(wait);
        timer = setTimeout(() => fail(new Error(`${pattern} did not appear in:\n${this.output}`)), milliseconds);
        wait.look();
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(wait);
    }
  }

  /** Asks it to end and removes its data; fails when it does not end well. */
  async stop() {
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 30_000);
    const code = await this.#exited;
    clearTimeout(late);
    rmSync(this.#dataDir, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the program ended with ${code}:\n${this.output}`);
  }
}

/** Starts a server without an account, with further flags; `link` is its one-time set-up link. */
export async function startEmpty(database, ...flags) {
  const program = new Program({ command: ['serve', ...flags], database });
  const [, link] = await program.find(/link="?(http[^\s"]+)/);
  return { program, link, url: new URL(link).origin };
}

/** Starts the demo: a cabinet with history, the demo site, and emulators of outside systems (`control` is their control API). */
export async function startDemo({ hits = 3000 } = {}) {
  const program = new Program({ command: ['demo', '--serve', '--hits', String(hits), '--site-listen', '127.0.0.1:0', '--emulators-listen', '127.0.0.1:0'] });
  const [, url, email, password] = await program.find(/cabinet\s+(http\S+)\s+\((\S+) \/ (\S+)\)/);
  const [, site] = await program.find(/demo site\s+(http\S+)/);
  const [, control] = await program.find(/emulators\s+(http\S+)/);
  await program.find(/msg=listening/);
  return { program, url, site, control, email, password };
}
