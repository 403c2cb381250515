/** Events: those the page reports itself, and the goals of the site that only the script can notice. */

import { doc, on, random, safe } from "./env";
import { settings } from "./site";
import type { Goal, GoalType, Params } from "./types";
import { about, call } from "./visit";

/** An address: of the page or of a link. */
type Address = Pick<Location, "href" | "pathname" | "search">;

/** Goals sent in this page view, and those whose element is being watched. */
let seen: Record<string, unknown> = {};

const event = (params: Params) => {
  Object.assign(params, { n: random(), u: location.href });
  call("cs/e", () => about(params));
};

export const trackEvent = (category: unknown, action: unknown, name?: unknown, value?: unknown) => {
  event({ c: category, a: action, l: name, va: value });
};

/** An address matches whole, without its fragment, without its host, or as a bare path. A goal without `u` takes every address. */
export const matches = ({ u, m }: Goal, { href, pathname, search }: Address = location) =>
  !u ||
  [href, pathname, pathname + search, href.split("#")[0]!].some((text) =>
    m == "exact" ? text == u : m == "starts" ? text.startsWith(u) : m == "regexp" ? text.match(u) : text.includes(u),
  );

/** Sends the goals of a type that have been reached, once in a page view. A goal set up wrongly does not hinder the others. */
export const check = (type: GoalType, reached: (goal: Goal) => unknown) =>
  (settings.g || []).map(
    safe((goal: Goal) => {
      if (goal.t == type && !seen[goal.i] && reached(goal)) {
        seen[goal.i] = true;
        event({ g: goal.i });
      }
    }),
  );

/** Watches the element of a scroll goal as soon as the page has it. */
export const watch = (goal: Goal) => {
  const element = matches(goal) && doc.querySelector(goal.w!);
  const view = seen;
  if (element) {
    seen[goal.i] = true;
    new IntersectionObserver(
      safe((entries, observer) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        if (view == seen) event({ g: goal.i });
      }),
    ).observe(element);
  }
};

/** A page view has begun. */
export const resetGoals = () => {
  seen = {};
};

export const watchPage = () => {
  on(doc, "click", ({ target }: { target: Element }) => {
    const link = target.closest<HTMLAnchorElement>("a[href]");
    check("link", (goal) => link && matches(goal, link));
    check("click", (goal) => target.closest(goal.e!) && matches(goal));
  });
  on(doc, "scroll", () => {
    const bottom = innerHeight + scrollY > doc.documentElement.scrollHeight - 2;
    check("scroll", (goal) => (goal.w == "comagic_scroll_start" || (goal.w == "comagic_scroll_end" && bottom)) && matches(goal));
  });
};
