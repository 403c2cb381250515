/** Properties of the visitor. One call after the other, so that a read sees the writes before it. */

import { sleep } from "./env";
import type { Callback } from "./types";
import { about, call } from "./visit";

let last = sleep(0);

/** `set` takes a value (a bare flag without), `has` and `get` a callback. */
export const property = (op: "set" | "has" | "get" | "delete") => (name: string, extra?: unknown) => {
  last = last.then(() => call("cs/a", () => about({ op, name, value: op == "set" ? extra : null }), extra as Callback));
};
