import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { SUFFIX } from "./tracker.js";
import { ready, useWorld } from "./world.js";

const at = useWorld();

const push = (page: Page, ...command: unknown[]) => page.evaluate((one) => (window as any).__cs.push(one), command);

const cookies = async () => (await at.world.context.cookies()).map((one) => one.name).sort();

const mine = ["_cmg_csst", "_comagic_id"].map((name) => name + SUFFIX);

/** A call that the page makes now; its answer is waited for later. */
const ask = (page: Page) => {
  const answer = page.evaluate(
    () => new Promise((done) => (window as any).Comagic.addVisitorInfo({ name: "Анна" }, done)),
  );
  return answer.catch(() => "never");
};

describe("TR-1 consent", () => {
  test("TR-1 nothing is stored or sent before consent; what was called meanwhile is sent after it", async () => {
    const { world } = at;
    world.tracker.settings.c = true;
    world.site.set("*");
    const page = await world.visit("/?utm_source=a", { referer: "http://search.test/" });
    await world.tracker.count("/cs/s", 1);
    const answer = ask(page);
    await page.evaluate(() => (window as any).Comagic.trackEvent("a", "b"));
    await page.evaluate(() => history.pushState({}, "", "/next"));
    await push(page, "setConsent", false);
    expect(await cookies()).toEqual([]);
    await push(page, "setConsent", true);
    expect(await answer).toEqual({ success: true });
    await world.tracker.count("/cs/h", 2);
    await world.tracker.count("/cs/e", 1);
    expect(world.hits.map((hit) => hit.r)).toEqual(["http://search.test/", world.site.at("/?utm_source=a")]);
    const early = world.tracker.seen.map((one) => one.path).slice(0, 3);
    expect(early).toEqual(["/static/cs.min.js", "/cs/s", "/cs/h"]);
    expect(await cookies()).toEqual(mine);
  });

  test("TR-1 consent given in the snippet is enough", async () => {
    const { world } = at;
    world.tracker.settings.c = true;
    world.site.set("/");
    await world.context.addInitScript(() => ((window as any).__cs = [["setConsent", true]]));
    await world.arrive("/");
    expect(world.hits).toHaveLength(1);
  });

  test("TR-1 consent withdrawn: cookies go, nothing more is sent until it is given again", async () => {
    const { world } = at;
    world.site.set("*");
    const page = await world.arrive("/");
    await push(page, "setConsent", false);
    expect(await cookies()).toEqual([]);
    expect(await page.evaluate(() => (window as any).Comagic.getVisitorId())).toBeUndefined();
    await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
    const answer = ask(page);
    await push(page, "setConsent", true);
    expect(await answer).toEqual({ success: true });
    expect(world.hits).toHaveLength(2);
    expect(world.hits[1]!.v).not.toBe(world.hits[0]!.v);
    expect(world.tracker.to("/cs/p")).toEqual([]);
  });

  test("TR-1 opting out removes the cookies, is remembered, and can be taken back", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    await push(page, "optOut");
    expect(await cookies()).toEqual(["_cmg_out"]);
    expect(await ask(page)).toEqual({ success: false });
    await page.reload();
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    expect(await ask(page)).toEqual({ success: false });
    expect(world.tracker.to("/cs/h")).toHaveLength(1);
    expect(await cookies()).toEqual(["_cmg_out"]);

    await page.evaluate(() => (window as any).Comagic.optIn());
    await ready(page);
    expect(world.hits).toHaveLength(2);
    expect(await cookies()).toEqual(mine);
    await page.evaluate(() => (window as any).Comagic.optIn());
    expect(await ask(page)).toEqual({ success: true });
    expect(world.hits).toHaveLength(2);
  });

  const signals: Array<[string, () => void]> = [
    ["Do-Not-Track", () => Object.defineProperty(navigator, "doNotTrack", { get: () => "1" })],
    ["Global Privacy Control", () => Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true })],
  ];

  test.each(signals)("TR-1 %s is respected where the site says so, and only there", async (_name, signal) => {
    const { world } = at;
    await world.context.addInitScript(signal);
    world.site.set("/");
    await world.arrive("/");
    expect(world.hits).toHaveLength(1);

    world.tracker.settings.n = true;
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    expect(await ask(page)).toEqual({ success: false });
    expect(world.hits).toHaveLength(1);
    expect(await cookies()).toEqual([]);
  });
});
