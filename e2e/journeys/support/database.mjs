import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

const admin = process.env.SKVOZ_TEST_POSTGRES;

/** Engines to try: SQLite, and PostgreSQL where a server is given (SKVOZ_TEST_POSTGRES). */
export const engines = admin || process.env.SKVOZ_TEST_REQUIRE_POSTGRES === '1' ? ['sqlite', 'postgres'] : ['sqlite'];

/** A new database of an engine: its DSN (undefined = SQLite in the data directory), and how to drop it. */
export function newDatabase(engine) {
  if (engine === 'sqlite') return { dsn: undefined, drop() {} };
  if (!admin) throw new Error('SKVOZ_TEST_POSTGRES is empty: run through scripts/with-postgres.sh');
  const name = `e2e_${randomBytes(8).toString('hex')}`;
  const sql = (text) => execFileSync('psql', ['--no-psqlrc', '--quiet', '--dbname', admin, '--command', text], { stdio: 'pipe' });
  sql(`CREATE DATABASE ${name}`);
  const dsn = new URL(admin);
  dsn.pathname = `/${name}`;
  return { dsn: dsn.href, drop: () => sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
