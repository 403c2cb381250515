/** Short handles of the page and the few helpers every module needs. */

import type { PageGlobals } from "./types";

export const win = window as unknown as Window & PageGlobals;
export const doc = document as Document & { prerendering?: boolean };
export const nav = navigator as Navigator & { globalPrivacyControl?: boolean };

export const now = Date.now;

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const nothing = () => {};

/** Wraps an entry point: whatever goes wrong inside, the page goes on. */
export const safe =
  <A extends unknown[], R>(fn: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      return fn(...args);
    } catch {}
  };

/** Listens ahead of the page's own listeners. */
export const on = (target: EventTarget, name: string, fn: (event: any) => void) =>
  target.addEventListener(name, safe(fn), true);

/** A nonce or seed of 128 random bits, written with [a-z0-9]; some 25 characters, never over 28. */
export const random = () => crypto.getRandomValues(new Uint32Array(4)).reduce((text, word) => text + word.toString(36), "");
