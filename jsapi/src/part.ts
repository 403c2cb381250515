/** Loads the part of the script that replaces numbers, where the site uses it, and hands over what the part needs. */

import { allowed } from "./consent";
import { read, write } from "./cookies";
import { doc, on, safe } from "./env";
import { base, settings } from "./site";
import { beacon, request } from "./transport";
import type { Command } from "./types";
import { about, enqueue } from "./visit";

/** Commands nobody knew: the part may. */
export const unknown: Command[] = [];

/**
 * What the part works with, in this order. A core of any version meets a part of any other: the list only ever grows at its end,
 * and what stands in it keeps its meaning.
 */
const handover = () => [settings, allowed, about, enqueue, request, beacon, read, write, safe, on, unknown] as const;

export type Handover = ReturnType<typeof handover>;

/** Settings without `p` make this fail, as quietly as it should. */
export const loadPart = safe(() =>
  doc.head.append(
    Object.assign(doc.createElement("script"), { c: handover(), src: `${base}static/${settings.p!.f}` }),
  ),
);
