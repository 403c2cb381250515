/** What the core gives this part along with its script element. */

import type { Handover } from "../part";

export const [settings, allowed, about, enqueue, request, beacon, read, write, safe, on, unknown] = (
  document.currentScript as unknown as { c: Handover }
).c;

export const doc = document;

export const now = Date.now;
