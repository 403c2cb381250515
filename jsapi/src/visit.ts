/** The visitor and the session: their ids, their cookies, and calls that need them. */

import { decided } from "./consent";
import { read, write } from "./cookies";
import { random, safe } from "./env";
import { base, key, settings } from "./site";
import { request } from "./transport";
import type { Callback, Credentials, Ids, Params } from "./types";

/** Empty until the server has answered the first hit of this page. */
export let ids: Ids = {};

/** Seed of a visitor the server has not named yet. */
let seed = "";

export let begin: (first: Promise<void>) => void;

/** Settled when the last page view so far was answered, refused or given up; not before `begin` was given the first. */
let ready: Promise<unknown> = new Promise<void>((resolve) => {
  begin = resolve;
});

/** Puts a step in the line that everything sent later waits for. */
export const enqueue = (step: () => unknown) => (ready = ready.then(step));

const idCookie = () => `_comagic_id${settings.x}`;
const startCookie = () => `_cmg_csst${settings.x}`;
/** Named without the suffix: it must be found where the settings cannot be read. */
const SEED = "_cmg_f";

/** Who this is, for a hit: ids of the cookie (another tab may have renewed them), of this page, or the seed. */
export const identity = (): Params => {
  const [v, s, t] = read(idCookie()).split(".");
  if (+t!) return { v, s, t };
  if (ids.v) return ids as Params;
  write(SEED, (seed = read(SEED) || seed || random()));
  return { f: seed };
};

const keep = (days?: number) => {
  write(idCookie(), `${ids.v}.${ids.s}.${ids.t}`, days);
  write(startCookie(), ids.t, days);
  write(SEED, seed, 0);
};

/** Takes the ids which the server has given to the hit with this nonce. */
export const learn = (answer: Ids) => {
  ids = answer;
  keep();
};

/** Parameters of a call about this visitor, session and hit. */
export const about = (params: Params): Params => Object.assign({ k: key }, ids, params);

/** Both generations of the keys a site's own requests carry. The ids are undefined until the first hit was answered. */
export const getCredentials = (): Credentials => ({
  site_key: key,
  visitor_id: ids.v,
  hit_id: ids.h,
  session_id: ids.s,
  consultant_server_url: base,
  key: settings.u,
  uri: base,
});

export const forget = () => {
  ids = {};
  seed = "";
  keep(0);
};

/**
 * Sends once the ids are known, then calls back with the answer: `success` is always there, and false when the call was refused,
 * impossible or could not be delivered. `anyway` sends even if the visitor stayed unknown.
 */
export const call = async (path: string, params: () => Params, done?: Callback, anyway?: boolean) => {
  await ready;
  await decided();
  const answer = ids.h || anyway ? await request(path, params) : {};
  safe(done!)(answer.success ? answer : { success: false });
};
