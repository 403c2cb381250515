/** Page views: the first one, those of single-page navigation, those out of the back/forward cache; and the time they last. */

import { allowed, decided, refused, stop } from "./consent";
import { read } from "./cookies";
import { doc, nav, nothing, now, on, safe, sleep, win } from "./env";
import { check, matches, resetGoals, watchPage } from "./goals";
import { loadPart } from "./part";
import { key, setSettings } from "./site";
import { resetTime, resumeSession, watchTime } from "./time";
import { blocked, request } from "./transport";
import type { Settings } from "./types";
import { begin, enqueue, forget, identity, learn } from "./visit";

/** Address of the current view without its fragment; empty before the first. */
let address: string;

/** Goals of opened pages are noticed at once, and sent when the hit before them in the line is answered. */
const checkPage = () => check("page", matches);

const bare = () => location.href.split("#")[0]!;

/** Takes down a page view as it is now; what it gives sends the hit. */
const open = (r: string) => {
  const u = location.href;
  const n = resetTime();
  const seen = now();
  resetGoals();
  address = bare();
  return async () => {
    await decided();
    const answer = await request(
      "cs/h",
      () =>
        Object.assign({}, identity(), {
          k: key,
          n,
          u,
          r,
          ti: doc.title,
          w: `${screen.width}x${screen.height}`,
          la: nav.language,
          ga: read("_ga").split(".").slice(2).join("."),
          ym: read("_ym_uid"),
          d: now() - seen,
          wd: +nav.webdriver,
        }),
      true,
    );
    if (answer.refused) stop();
    if (answer.h && allowed()) {
      answer.n = n;
      learn(answer);
      resumeSession();
    }
  };
};

/** Counts the page anew, as after a navigation. Nothing before the first view has been taken down. */
export const view = () => {
  if (address) {
    enqueue(open(address));
    checkPage();
  }
};

const navigated = safe(() => {
  if (address != bare()) view();
});

const watchHistory = () => {
  (["replaceState", "pushState"] as const).map((name) => {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      navigated();
    };
  });
  on(win, "popstate", navigated);
  on(win, "pageshow", (event: PageTransitionEvent) => event.persisted && view());
};

/** The first page view; everything sent later waits for it. */
export const start = () =>
  begin(
    (async () => {
      // A page in a background tab, or one being prerendered, is not looked at yet.
      while (doc.hidden) await sleep(99);
      const hit = open(doc.referrer);
      watchHistory();

      const answer = await request(`cs/s/${key}?h=${location.hostname}`);
      if (answer.k) {
        setSettings(answer as unknown as Settings);
        if (refused()) forget();
        loadPart();
      } else if (!blocked) stop();

      watchPage();
      watchTime();
      checkPage();
      await hit();
    })().catch(nothing),
  );
