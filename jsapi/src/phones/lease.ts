/** Which numbers this visit shows: asked for, kept for the next page, kept alive, and dropped when they may no longer be shown. */

import { about, allowed, beacon, doc, enqueue, now, on, read, request, safe, settings, write } from "./handover";
import { show } from "./show";
import type { Lease } from "./types";

const NAME = `_cmg_n${settings.x}`;

/** How long static numbers count, and when to ask again if there was no answer; seconds. */
const STATIC = 1800;
const PACE = 30;

/** Whoever has read the page's own numbers so long keeps them; ms. */
const LATE = 2e3;

let lease: Lease = {};
/** When to ask next, unix ms; 0 before the first time. */
let next = 0;
/** What was shown last, and whether there ever was something. */
let last = "";
let shown: unknown;
let start = now();
/** What is to be told with the next question. */
let news: object = {};

/** Numbers that may be shown now. */
export const numbers = () => (allowed() && lease.t! > now() && lease.p) || [];

const keep = (value: string, seconds: number) => {
  write(NAME, value, seconds / 86400);
  safe(() => (localStorage[NAME] = value))();
};

const tick = safe(() => {
  if (allowed()) {
    if (!(lease.t! > now())) lease = safe(() => JSON.parse(unescape(read(NAME) || localStorage[NAME])))() || lease;
    if (next < now()) ask();
  } else if (next) {
    keep("", 0);
    lease = {};
    next = 0;
  }
  const state = numbers().map((one) => one.n).join();
  // What the page has added meanwhile is none of the server's business.
  if (state != last) {
    last = state;
    shown = true;
    show();
  }
});

const ask = () => {
  if (doc.hidden || !about({}).h) return;
  const params = Object.assign(news, { u: location.href });
  news = {};
  next = now() + PACE * 1e3;
  request("cs/n", () => about(params)).then(
    safe((answer: Lease) => {
      if (!allowed() || !Object.keys(answer)[0]) return;
      const seconds = answer.e || STATIC;
      answer.t = now() + seconds * 1e3;
      next = now() + (answer.i || seconds) * 1e3;
      keep(escape(JSON.stringify(answer)), seconds);
      if (!shown && now() - start > LATE) answer.p = [];
      lease = answer;
      tick();
    }),
  );
};

/** Tells what happened to a number shown, as soon as anything may be told. */
export const tell = (event: object) => {
  Object.assign(news, event);
  if (next) ask();
};

const again = () => {
  next = 0;
  enqueue(tick);
};

/** Keeps the lease as long as the page is looked at. */
export const hold = () => {
  on(doc, "readystatechange", () => {
    start = now();
    show();
  });
  on(self, "online", again);
  on(self, "pageshow", (event: PageTransitionEvent) => event.persisted && again());
  on(self, "pagehide", () => numbers()[0] && beacon("cs/n", about({ u: location.href, bye: 1 })));
  setInterval(tick, 1e3);
  again();
  tick();
};
