/** Which numbers this visit shows: asked for, kept for the next page, kept alive, and dropped when they may no longer be shown. */

import { about, allowed, beacon, doc, enqueue, now, on, read, request, safe, settings, write } from "./handover";
import type { Lease } from "./types";

const NAME = `_cmg_n${settings.x}`;

/** How long static numbers count, and how often is asked where no answer says; seconds. */
const STATIC = 1800;
const PACE = 30;

/** Whoever has read the page's own numbers so long keeps them; ms. */
const LATE = 2e3;

let lease: Lease = { t: 0 };
let asked = 0;
/** The server does not want to be asked again. */
let over: unknown;
/** Numbers came too late for this page; or are shown in it already. */
let held: unknown;
let shown: unknown;
let start = now();
/** What is to be told with the next question. */
let news: object = {};

/** Shows other numbers. */
let show: () => void;

/** Numbers that may be shown now. */
export const numbers = () => (held ? [] : lease.p || []);

const keep = (value: unknown, days: number) => {
  write(NAME, value, days);
  safe(() => (localStorage[NAME] = value))();
};

const take = (next: Lease) => {
  const before = JSON.stringify(numbers());
  lease = next;
  // What the page has added meanwhile is none of the server's business.
  if (JSON.stringify(numbers()) != before) show();
  shown = shown || numbers()[0];
};

const ask = () => {
  if (doc.hidden || !about({}).h) return;
  const params = Object.assign({ u: location.href, wd: +navigator.webdriver }, news);
  news = {};
  asked = now();
  request("cs/n", () => about(params)).then(
    safe((answer: Lease) => {
      if (!allowed() || !Object.keys(answer)[0]) return;
      const seconds = answer.e || STATIC;
      over = !answer.e;
      answer.t = now() + seconds * 1e3;
      keep(escape(JSON.stringify(answer)), seconds / 86400);
      held = !shown && doc.readyState == "complete" && now() - start > LATE;
      take(answer);
    }),
  );
};

/** Tells what happened to a number shown, as soon as anything may be told. */
export const tell = (event: object) => {
  Object.assign(news, event);
  if (asked) ask();
};

const tick = safe(() => {
  if (allowed()) {
    if (lease.t! < now()) {
      const cached: Lease | undefined = safe(() => JSON.parse(unescape(read(NAME) || localStorage[NAME])))();
      take(cached && cached.t! > now() ? cached : {});
    }
    if (!over && now() - asked >= (lease.i || PACE) * 1e3) ask();
  } else if (lease.t) {
    asked = 0;
    keep("", 0);
    take({});
  }
});

const again = () => {
  over = asked = 0;
  enqueue(tick);
};

/** Keeps the lease as long as the page is looked at, and has the numbers shown that belong there. */
export const hold = (shower: () => void) => {
  show = shower;
  on(doc, "readystatechange", () => {
    start = now();
    show();
  });
  on(window, "online", again);
  on(window, "pageshow", (event: PageTransitionEvent) => event.persisted && again());
  on(window, "pagehide", () => {
    if (lease.e && allowed()) beacon("cs/n", about({ u: location.href, bye: 1 }));
  });
  setInterval(tick, 1e3);
  tick();
  enqueue(tick);
};
