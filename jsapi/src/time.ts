/** How long the page has been visible: heartbeats and goals of time. */

import { read, write } from "./cookies";
import { doc, now, on, random, safe, win } from "./env";
import { check, matches, watch } from "./goals";
import { settings } from "./site";
import { beacon } from "./transport";
import type { Goal } from "./types";
import { about, ids } from "./visit";

/** Visible time of the current view, ms: in all until `mark`, and what the server was told of it. */
let spent: number;
let told: number;
let mark: number;
let shown = true;

/** Visible time of the session, ms. Its cookie leaves it to the session's next page. */
let sessionTime = 0;

const timeCookie = () => `_cmg_t${ids.s}`;

/** A little longer than a session lives without activity, days. */
const TIME_KEPT = 0.05;

/** A gap between two ticks that only a sleeping computer makes, ms. */
const SLEPT = 5e3;

/** Nonce of the view whose time is measured. */
let view = "";

/** Brings the visible time up to date; tells the server when it is due, or when the page is shown, hidden or left. */
const tick = safe((turn?: unknown) => {
  const gap = now() - mark;
  const passed = (total: number, { s }: Goal) => (total -= s! * 1e3) >= 0 && total < gap;
  mark += gap;
  if (shown && gap < SLEPT) {
    spent += gap;
    sessionTime += gap;
    check("time_on_site", (goal) => {
      if (ids.s) write(timeCookie(), sessionTime, TIME_KEPT);
      return passed(sessionTime, goal);
    });
    check("time_on_page", (goal) => passed(spent, goal) && matches(goal));
    check("scroll", watch);
  }
  shown = !doc.hidden;
  if (settings.b && ids.n == view && spent - told >= (turn ? 1 : settings.b * 1e3)) {
    told = spent;
    beacon("cs/p", about({ a: spent }));
  }
});

/** A view begins: its time is measured from now on. */
export const resetTime = () => {
  tick(true);
  spent = told = 0;
  mark = now();
  return (view = random());
};

/** The view's session is known: it may have begun on an earlier page. */
export const resumeSession = () => {
  sessionTime = +read(timeCookie());
};

export const watchTime = () => {
  on(doc, "visibilitychange", tick);
  on(win, "pagehide", tick);
  setInterval(tick, 1e3);
};
