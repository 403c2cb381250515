/** Requests to the server: repeated while that can help, never rejected. */

import { allowed } from "./consent";
import { doc, nav, on, sleep } from "./env";
import { base } from "./site";
import type { Answer, Params } from "./types";

const ATTEMPTS = 5;

/** Seconds. */
const LONGEST_PAUSE = 60;

/** How long an answer is waited for, ms. */
const PATIENCE = 2e4;

/** The page's policy forbids requests to the server: only images are left. */
export let blocked: unknown;

export const watchPolicy = () =>
  on(doc, "securitypolicyviolation", (event: SecurityPolicyViolationEvent) => {
    blocked = blocked || (event.disposition == "enforce" && event.blockedURI.startsWith(`${base}cs/`));
  });

const encode = (params: Params) =>
  new URLSearchParams(Object.entries(params).filter((entry) => entry[1] != null) as string[][]);

/**
 * Posts (or, without parameters, gets) and resolves with the server's answer, whatever it says; an empty one if there was none after all
 * attempts, or the visitor forbade the next. Parameters are asked for anew at each attempt. Where the page's policy forbids
 * requests, and `image` allows it, an image is asked for instead: its answer is empty.
 */
export const request = async (path: string, params?: () => Params, image?: boolean): Promise<Answer> => {
  for (let attempt = 0; attempt < ATTEMPTS && (!params || allowed()) && (!blocked || image); attempt++) {
    let pause: number | undefined;
    try {
      const body = params && encode(params());
      if (blocked) {
        await new Promise((onload, onerror) => Object.assign(new Image(), { onload, onerror, src: `${base}${path}?px=1&${body}` }));
        break;
      }
      const response = (await Promise.race([
        fetch(base + path, { method: body ? "POST" : "GET", body, keepalive: true }),
        sleep(PATIENCE),
      ])) as Response;
      if (response.status != 429 && response.status < 500) return await response.json();
      pause = +response.headers.get("retry-after")!;
    } catch {}
    while (!nav.onLine) await sleep(1e3);
    await sleep(1e3 * Math.min(pause || 2 ** attempt, LONGEST_PAUSE));
  }
  return {};
};

/** Sends without waiting for an answer, even while the page goes away. */
export const beacon = (path: string, params: Params) => nav.sendBeacon(base + path, encode(params));
