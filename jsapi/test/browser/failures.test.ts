import { describe, expect, test } from "vitest";
import { KEY, SUFFIX } from "./tracker.js";
import { hurry, useWorld } from "./world.js";

const at = useWorld();

/** Adds a contact and resolves with what the callback got. */
const addContact = () =>
  new Promise((resolve) => (window as any).Comagic.addVisitorInfo({ name: "Анна", phone: "+7 900 000-00-01" }, resolve));

describe("TR-2 a server in trouble", () => {
  test.each([503, 429])("TR-2 a hit answered with %i is repeated with the same nonce and stored once", async (status) => {
    const { world } = at;
    world.site.set("/");
    world.tracker.fail("/cs/h", status, 2);
    await world.arrive("/");
    const tries = world.tracker.to("/cs/h");
    expect(tries.map((one) => one.outcome)).toEqual([status, status, 200]);
    expect(new Set(tries.map((one) => one.fields.n)).size).toBe(1);
    expect(world.hits).toHaveLength(1);
    expect(Number(world.hits[0]!.d)).toBeGreaterThan(1900);
  });

  test("TR-2 a repeat waits as long as Retry-After says", async () => {
    const { world } = at;
    world.site.set("/");
    world.tracker.fail("/cs/h", 503, 1, { "Retry-After": "3" });
    await world.arrive("/");
    expect(Number(world.hits[0]!.d)).toBeGreaterThan(2900);
  });

  test("TR-2 a lost answer makes neither two hits nor two visitors", async () => {
    const { world } = at;
    world.site.set("/");
    world.tracker.fail("/cs/h", "lost", 2);
    await world.arrive("/");
    expect(world.tracker.to("/cs/h").map((one) => one.outcome)).toEqual(["lost", "lost", 200]);
    expect(world.hits).toHaveLength(1);
  });

  test("TR-2 a visitor who leaves before the answer is the same one on the next page", async () => {
    const { world } = at;
    world.site.set("/");
    world.tracker.fail("/cs/h", "lost");
    await world.visit("/?first");
    await world.tracker.count("/cs/h", 1);
    await world.arrive("/?second");
    expect(new Set(world.hits.map((hit) => hit.v)).size).toBe(1);
  });

  test("TR-2 what happens offline is sent when the network is back", async () => {
    const { world } = at;
    world.site.set("*");
    const page = await world.arrive("/");
    await world.context.setOffline(true);
    await page.evaluate(() => history.pushState({}, "", "/offline"));
    await page.waitForFunction(() => navigator.onLine === false);
    await world.context.setOffline(false);
    await world.tracker.count("/cs/h", 2);
    expect(world.hits[1]!.u).toMatch(/\/offline$/);
  });

  test("TR-3 TR-8 callbacks are called with success false when the server stays away", async () => {
    const { world } = at;
    await hurry(world);
    world.site.set("/");
    const page = await world.arrive("/");
    world.tracker.fail("/vc/s/", 503, 100);
    world.tracker.fail("/api/add_offline_message/", "cut", 100);
    expect(await page.evaluate(addContact)).toEqual({ success: false });
    const sent = page.evaluate(() => new Promise((done) => (window as any).Comagic.addOfflineRequest({ name: "А" }, done)));
    expect(await sent).toEqual({ success: false });
    expect(world.tracker.to("/vc/s/").length).toBeLessThanOrEqual(6);
  });

  test("TR-8 a request is stored once although its first answer was lost", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    world.tracker.fail("/api/add_offline_message/", "lost");
    const sent = page.evaluate(() => new Promise((done) => (window as any).Comagic.addOfflineRequest({ name: "А" }, done)));
    expect(await sent).toEqual({ success: true, result: null });
    expect(world.tracker.to("/api/add_offline_message/")).toHaveLength(2);
    expect(world.tracker.requests.size).toBe(1);
  });

  test("TR-2 a refused page sends nothing more, and its callbacks say so", async () => {
    const { world } = at;
    world.tracker.refuse = "bot";
    world.site.set("*");
    const page = await world.visit("/");
    await world.tracker.count("/cs/h", 1);
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    expect(await page.evaluate(addContact)).toEqual({ success: false });
    await page.evaluate(() => history.pushState({}, "", "/next"));
    await page.evaluate(() => (window as any).Comagic.trackEvent("a", "b"));
    expect(await page.evaluate(addContact)).toEqual({ success: false });
    expect(world.tracker.to("/cs/h")).toHaveLength(1);
    expect(world.tracker.to("/cs/e")).toEqual([]);
    expect(await world.cookie(`_comagic_id${SUFFIX}`)).toBeUndefined();
  });

  test("TR-1 an unknown site key is asked for once, and never again", async () => {
    const { world } = at;
    world.site.set("/", { snippet: `var __cs = [["setCsAccount", "nobody"]];` });
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    expect(await page.evaluate(addContact)).toEqual({ success: false });
    expect(world.tracker.to("/cs/s")).toHaveLength(1);
    expect(world.tracker.to("/cs/h")).toEqual([]);
  });
});

describe("TR-1 a page that stands in the way", () => {
  test("TR-1 requests stopped by an ad blocker hurt nobody", async () => {
    const { world } = at;
    await hurry(world);
    await world.context.route(/\/cs\//, (route) => route.abort("blockedbyclient"));
    world.site.set("/");
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    expect(await page.evaluate(addContact)).toEqual({ success: false });
    expect(await page.evaluate(() => (window as any).Comagic.getCredentials())).toMatchObject({ site_key: KEY });
  });

  test("TR-1 a policy without connect-src leaves images: hits are counted, as one visitor", async () => {
    const { world } = at;
    const policy = `default-src 'none'; script-src 'unsafe-inline' ${world.tracker.base}; img-src ${world.tracker.base}`;
    world.site.set("*", { headers: { "Content-Security-Policy": policy } });
    const page = await world.visit("/?utm_source=a");
    await world.tracker.count("/cs/h", 1);
    await page.evaluate(() => history.pushState({}, "", "/next"));
    await world.tracker.count("/cs/h", 2);
    await page.reload();
    const all = await world.tracker.count("/cs/h", 3);
    for (const { method, fields } of all) {
      expect(method).toBe("GET");
      expect(fields).toMatchObject({ px: "1", f: all[0]!.fields.f });
    }
    expect(new Set(world.hits.map((hit) => hit.v)).size).toBe(1);
    expect(await page.evaluate(addContact)).toEqual({ success: false });
    expect(await page.evaluate(() => (window as any).Comagic.getCredentials().hit_id)).toBeUndefined();
    expect(world.tracker.to("/cs/s")).toEqual([]);
  });

  test("TR-1 a policy that only reports changes nothing", async () => {
    const { world } = at;
    world.site.set("/", { headers: { "Content-Security-Policy-Report-Only": "connect-src 'none'" } });
    await world.arrive("/");
    expect(world.tracker.to("/cs/h")[0]!.method).toBe("POST");
  });

  test("TR-1 a policy without inline scripts: the snippet may be a file", async () => {
    const { world } = at;
    const { base } = world.tracker;
    const text = `var __cs = __cs || []; __cs.push(["setCsAccount", "${KEY}"]);`;
    world.site.set("/snippet.js", { file: { type: "text/javascript", text } });
    world.site.set("/", {
      snippet: "",
      head: `<script src="/snippet.js"></script>`,
      headers: { "Content-Security-Policy": `default-src 'none'; script-src 'self' ${base}; connect-src ${base}` },
    });
    await world.arrive("/");
    expect(world.hits).toHaveLength(1);
  });

  test("TR-1 a page that may not use cookies or storage at all is counted", async () => {
    const { world } = at;
    world.site.set("/frame");
    world.site.set("/", { snippet: "", copies: 0, body: `<iframe sandbox="allow-scripts" src="/frame"></iframe>` });
    const page = await world.visit("/");
    await world.tracker.count("/cs/h", 1);
    const frame = page.frames()[1]!;
    await frame.waitForFunction(() => (window as any).Comagic.getVisitorId() > 0);
    expect(await frame.evaluate(addContact)).toEqual({ success: true });
    await frame.evaluate(() => (window as any).Comagic.reinitTrackView());
    await world.tracker.count("/cs/h", 2);
    expect(new Set(world.hits.map((hit) => hit.v)).size).toBe(1);
  });

  test("TR-1 a page that broke what the script needs sees no exception", async () => {
    const { world } = at;
    world.site.set("/", {
      head: `<form id="Comagic"></form><script>
        window.IntersectionObserver = undefined; navigator.sendBeacon = undefined; Object.freeze(history);
        Object.defineProperty(document, "cookie", { get() { throw new Error("no") }, set() { throw new Error("no") } });
      </script>`,
    });
    world.tracker.settings.g = [{ i: "1", t: "scroll", w: "body" }];
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    await page.evaluate(() => {
      const api = (window as any).Comagic;
      for (const name in api) if (name !== "optOut") api[name](null, null);
      for (const name in api) if (name !== "optOut") api[name]({ toString() { throw new Error("no"); } }, () => { throw new Error("mine"); });
      api.push(null, 1, "x", [], [null], ["nothing"], ["push", ["push"]], { length: 3 });
      (window as any).__cs.push(undefined);
      window.dispatchEvent(new Event("pagehide"));
    });
    await page.close({ runBeforeUnload: true });
  });
});
