// Sites that replace numbers.

import type { Page } from "playwright-core";
import { beforeEach } from "vitest";
import type { World } from "./world.js";

export const OWN = "74950000001";
export const NUMBER = { b: "7", n: "74951112233", f: "+7 (495) 111-22-33", d: true };
export const OTHER = { b: "7", n: "74994445566", f: "+7 (499) 444-55-66", d: true };
export const byDigits = { i: "7", a: "number", v: OWN };

/** Lets a site replace numbers in these blocks, and gives visits these numbers. A driven browser gets none: these tests are about people. */
export function useNumbers(at: { readonly world: World }) {
  beforeEach(async () => {
    await at.world.context.addInitScript(() => Object.defineProperty(navigator, "webdriver", { get: () => false }));
  });
  return (blocks: object[] = [byDigits], numbers: Array<typeof NUMBER> = [NUMBER], settings: object = {}) => {
    const { tracker } = at.world;
    Object.assign(tracker.settings, { p: { f: "cs.phones.v1.min.js", b: blocks } }, settings);
    tracker.lease = { p: numbers, e: 180, i: 30 };
  };
}

/** Waits until an element's text is this. */
export const reads = (page: Page, selector: string, text: string) =>
  page.waitForFunction(([one, expected]) => document.querySelector(one!)?.textContent === expected, [selector, text] as const);

export const api = (page: Page, method: string, ...args: unknown[]) =>
  page.evaluate(([name, params]) => (window as any).Comagic[name as string](...(params as unknown[])), [method, args] as const);
