// A fresh copy of the script's modules in a fresh page, with a server that the test plays.

import { vi } from "vitest";

export const KEY = "Ab3xZ_0123456789-abcdefghijklmno";
export const BASE = "https://tracker.test/";

export const SETTINGS = { k: KEY, u: "second", x: "Ab3xZ", l: 90, d: false, n: false, c: false, b: 15, r: false, g: [] };
export const IDS = { v: 11, s: 22, t: 33, h: 44 };

export interface Sent {
  path: string;
  method: string;
  fields: Record<string, string>;
}

export type Reply = { status?: number; body?: unknown; headers?: Record<string, string> } | Error;

/** What the server says to a path unless the test says otherwise. */
const replies = (): Record<string, Reply> => ({
  "cs/s": { body: SETTINGS },
  "cs/h": { body: IDS },
  "cs/e": { body: { g: [] } },
  "cs/a": { body: { success: true, result: null } },
  "vc/s/": { body: { success: true } },
  "api/add_offline_message/": { body: { success: true, result: null } },
});

const listening: Array<() => void> = [];

/** Remembers what an earlier copy of the script listens to, so that the next test can silence it. */
function trackListeners(target: EventTarget) {
  const add = target.addEventListener.bind(target);
  target.addEventListener = (...args: Parameters<EventTarget["addEventListener"]>) => {
    listening.push(() => target.removeEventListener(...args));
    add(...args);
  };
}
trackListeners(window);
trackListeners(document);

/** Empties the page and its cookies, and stops the clock. */
export function freshPage(address = "https://www.shop.test/") {
  vi.resetModules();
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  for (const silence of listening.splice(0)) silence();
  for (const name of ["pushState", "replaceState"]) Reflect.deleteProperty(history, name);
  Reflect.deleteProperty(document, "cookie");
  Reflect.deleteProperty(document, "hidden");
  const { happyDOM } = window as unknown as { happyDOM: { setURL(address: string): void } };
  happyDOM.setURL(address);
  for (const cookie of document.cookie.split("; ")) document.cookie = `${cookie.split("=")[0]}=;path=/;max-age=0`;
  document.head.innerHTML = "";
  document.body.innerHTML = "";
  Reflect.deleteProperty(window, "__cs");
  Reflect.deleteProperty(window, "Comagic");
  Reflect.deleteProperty(window, "ComagicWidget");
  Reflect.deleteProperty(window, "__cs_onReplacePhones");
}

/** Gives the document a cookie property of the test's own, until the next fresh page. */
export const stubCookies = (get: () => string, set: (text: string) => void) =>
  Object.defineProperty(document, "cookie", { configurable: true, get, set });

/** Plays the server: `sent` grows with each request, `script` holds what is answered next, by path, in order. */
export function playServer() {
  const sent: Sent[] = [];
  const usual = replies();
  const next: Record<string, Reply[]> = {};
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const address = new URL(url);
    const path = address.pathname.startsWith("/cs/s/") ? "cs/s" : address.pathname.slice(1);
    const fields = Object.fromEntries(new URLSearchParams(init.body ? String(init.body) : address.search));
    sent.push({ path, method: init.method!, fields });
    const reply = next[path]?.shift() ?? usual[path] ?? { status: 404, body: {} };
    if (reply instanceof Error) throw reply;
    return { status: reply.status ?? 200, json: async () => reply.body, headers: new Headers(reply.headers) };
  });
  const beacons: Sent[] = [];
  navigator.sendBeacon = (url, body) => {
    beacons.push({ path: new URL(String(url)).pathname.slice(1), method: "POST", fields: Object.fromEntries(body as URLSearchParams) });
    return true;
  };
  return { sent, beacons, usual, next, to: (path: string) => sent.filter((one) => one.path === path) };
}

export type Api = Record<string, (...args: unknown[]) => unknown>;

/** Loads the script as a page does that pushed these commands before. */
export async function load(...commands: unknown[][]): Promise<Api> {
  const page = window as unknown as { __cs?: unknown; Comagic: Api };
  page.__cs ??= [["setCsAccount", KEY], ["setCsHost", BASE], ...commands];
  await import("../../src/main.js");
  return page.Comagic;
}

/** Lets everything happen that is due within so many milliseconds. */
export const pass = (ms = 1) => vi.advanceTimersByTimeAsync(ms);
