/** The page's command queues, before and after the script has loaded. */

import { safe, win } from "./env";
import type { Command, Pushable } from "./types";

/**
 * Puts `api` in place, carries out what waits in the queues, and sends what is pushed later straight to it. A second copy of the
 * script leaves the first one's `Comagic` there and only empties the queue into it.
 */
export const takeOver = (api: Pushable) => {
  const early = win.Comagic;
  const first: Pushable = early && early.optIn ? early : api;
  win.Comagic = first;
  [early, (win.__cs = win.__cs || [])].map(
    safe((queue: Command[]) => {
      first.push(...queue.splice(0));
      queue.push = first.push as never;
    }),
  );
};
