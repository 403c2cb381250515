/** May anything be stored or sent? Opt-out, privacy signals, and the visitor's consent. */

import { read, write } from "./cookies";
import { nav, sleep } from "./env";
import { settings } from "./site";

const OUT = "_cmg_out";
/** Days for which an opt-out is remembered. */
export const OUT_DAYS = 730;

/** Undecided until the page says something. */
let consent: unknown;
let out: unknown = read(OUT);

/** Refused whatever the consent: opted out, stopped by the server, or a privacy signal the site respects. */
export const refused = () => out || (settings.n && (+nav.doNotTrack! || nav.globalPrivacyControl));

/** Whether something may be sent right now. */
export const allowed = () => !refused() && (consent ?? !settings.c);

/** Resolves when it is decided whether sending is allowed. */
export const decided = async () => {
  while (!allowed() && !refused()) await sleep(99);
};

export const setConsent = (given: unknown) => (consent = given);

/** Opts out of everything for so many days, or in again with 0. */
export const setOut = (days: number) => write(OUT, 1, (out = days));

/** Nothing more is sent from this page: the server does not want it. */
export const stop = () => (out = true);
