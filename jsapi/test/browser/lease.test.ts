import { describe, expect, test } from "vitest";
import { api, NUMBER, OTHER, reads, useNumbers } from "./numbers.js";
import { KEY, SUFFIX } from "./tracker.js";
import { ready, useWorld } from "./world.js";

const at = useWorld();
const replace = useNumbers(at);

describe("TR-9 the lease", () => {
  test("TR-9 the next page shows the number before it asks, without a shift", async () => {
    const { world } = at;
    replace();
    const body = `<p style="font-family: monospace"><span id="a">8 (495) 000-00-01</span> <span>и ещё текст</span></p>`;
    const head = `<script>window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) shift += one.value }).observe({ type: "layout-shift", buffered: true });
      document.addEventListener("DOMContentLoaded", () => setTimeout(() => { window.early = document.querySelector("#a").textContent }))</script>`;
    world.site.set("/a", { body }).set("/b", { body, head });
    const page = await world.arrive("/a");
    await reads(page, "#a", "8 (495) 111-22-33");
    expect((await world.cookie(`_cmg_n${SUFFIX}`))?.value).toMatch(/74951112233/);
    expect(await page.evaluate((name) => localStorage[name], `_cmg_n${SUFFIX}`)).toMatch(/74951112233/);
    world.tracker.delay.set("/cs/h", 1500);
    world.tracker.delay.set("/cs/n", 500);
    const asked = world.tracker.to("/cs/n").length;
    await page.goto(world.site.at("/b"));
    await reads(page, "#a", "8 (495) 111-22-33");
    expect(world.tracker.to("/cs/n").filter((one) => !one.fields.bye && !one.fields.sh)).toHaveLength(1);
    await world.tracker.count("/cs/n", asked + 2);
    expect(await page.evaluate(() => (window as any).shift)).toBe(0);
    expect(await page.textContent("#a")).toBe("8 (495) 111-22-33");
  });

  test("TR-9 an answer with another number replaces the one shown", async () => {
    const { world } = at;
    replace();
    world.site.set("*", { body: `<p id="a">8 (495) 000-00-01</p>` });
    const page = await world.arrive("/a");
    await reads(page, "#a", "8 (495) 111-22-33");
    world.tracker.lease = { p: [OTHER], e: 180, i: 1 };
    await page.goto(world.site.at("/b"));
    await reads(page, "#a", "8 (499) 444-55-66");
    world.tracker.lease = { p: [NUMBER], e: 180, i: 1 };
    await reads(page, "#a", "8 (495) 111-22-33");
    world.tracker.lease = { p: [], e: 0, i: 1 };
    await reads(page, "#a", "8 (495) 000-00-01");
    const asked = (await world.tracker.count("/cs/n", 4)).length;
    expect(await api(page, "getDTPhones")).toBeNull();
    await page.evaluate(() => new Promise((done) => setTimeout(done, 1500)));
    expect(world.tracker.to("/cs/n").length).toBe(asked);
  });

  test("TR-9 a lease that ran out is not shown, neither in the page nor in the next one", async () => {
    const { world } = at;
    replace();
    world.tracker.lease = { p: [NUMBER], e: 2, i: 30 };
    world.site.set("*", { body: `<p id="a">8 (495) 000-00-01</p><a href="tel:+74950000001">x</a>` });
    const page = await world.arrive("/a");
    await reads(page, "#a", "8 (495) 111-22-33");
    world.tracker.fail("/cs/n", 503, 100);
    await reads(page, "#a", "8 (495) 000-00-01");
    expect(await page.getAttribute("a", "href")).toBe("tel:+74950000001");
    expect(await api(page, "getPhones")).toEqual([]);
    await page.goto(world.site.at("/b"));
    await world.tracker.count("/cs/n", 4);
    expect(await page.textContent("#a")).toBe("8 (495) 000-00-01");
  });

  test("TR-9 a withdrawn consent or an opt-out brings the page's own number back, and keeps nothing", async () => {
    const { world } = at;
    replace(undefined, undefined, { c: true });
    world.site.set("*", { body: `<p id="a">8 (495) 000-00-01</p>`, snippet: `var __cs = [["setCsAccount", "${KEY}"], ["setConsent", location.hash != "#wait"]]` });
    const page = await world.visit("/a#wait");
    await world.tracker.count("/static/cs.phones.v1.min.js", 1);
    expect(world.tracker.to("/cs/n")).toEqual([]);
    await page.goto(world.site.at("/b"));
    await reads(page, "#a", "8 (495) 111-22-33");
    await page.evaluate(() => (window as any).__cs.push(["setConsent", false]));
    await reads(page, "#a", "8 (495) 000-00-01");
    expect(await world.cookie(`_cmg_n${SUFFIX}`)).toBeUndefined();
    expect(await page.evaluate((name) => localStorage[name], `_cmg_n${SUFFIX}`)).toBeFalsy();
    await page.evaluate(() => (window as any).__cs.push(["setConsent", true]));
    await reads(page, "#a", "8 (495) 111-22-33");
    await page.evaluate(() => (window as any).Comagic.optOut());
    await reads(page, "#a", "8 (495) 000-00-01");
    expect(await world.cookie(`_cmg_n${SUFFIX}`)).toBeUndefined();
    const asked = world.tracker.to("/cs/n").length;
    await page.reload();
    await page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
    expect(await page.textContent("#a")).toBe("8 (495) 000-00-01");
    expect(world.tracker.to("/cs/n").length).toBe(asked);
  });

  test("TR-9 an answer that comes too late waits for the next page", async () => {
    const { world } = at;
    replace();
    world.tracker.delay.set("/cs/n", 2500);
    world.site.set("*", { body: `<p id="a">8 (495) 000-00-01</p>` });
    const page = await world.arrive("/a");
    await world.tracker.count("/cs/n", 1);
    await expect.poll(async () => (await world.cookie(`_cmg_n${SUFFIX}`))?.value).toMatch(/74951112233/);
    expect(await page.textContent("#a")).toBe("8 (495) 000-00-01");
    await page.goto(world.site.at("/b"));
    await reads(page, "#a", "8 (495) 111-22-33");
  });

  test("TR-9 a number in view and a call by click are told once, leaving too", async () => {
    const { world } = at;
    replace();
    world.site.set("*", { body: `<p style="height: 2000px">x</p><a id="a" href="tel:+74950000001" onclick="event.preventDefault()"><b>8 (495) 000-00-01</b></a><a id="own" href="tel:+78000000000">8</a>` });
    const page = await world.arrive("/a");
    await reads(page, "#a", "8 (495) 111-22-33");
    await page.evaluate(() => document.querySelector("a")!.scrollIntoView());
    await world.tracker.count("/cs/n", 2);
    await page.click("#a b");
    await world.tracker.count("/cs/n", 3);
    await page.evaluate(() => scrollTo(0, 0));
    await page.evaluate(() => document.querySelector("a")!.scrollIntoView());
    await page.goto(world.site.at("/b"));
    const [first, shown, clicked, left] = (await world.tracker.count("/cs/n", 4)).map((one) => one.fields);
    const hit = world.hits[0]!;
    for (const one of [first, shown, clicked, left]) expect(one).toMatchObject({ k: KEY, v: hit.v, s: hit.s, h: hit.h, u: world.site.at("/a") });
    expect(first!.sh ?? first!.tc ?? first!.bye).toBeUndefined();
    expect(shown).toMatchObject({ sh: "1" });
    expect(clicked).toMatchObject({ tc: "74951112233" });
    expect(clicked!.sh).toBeUndefined();
    expect(left).toMatchObject({ bye: "1" });
  });

  test("TR-9 the lease is kept alive while the page is looked at, and asked for again out of the back/forward cache", async () => {
    const { world } = at;
    replace();
    world.tracker.lease.i = 1;
    world.site.set("*", { body: `<p id="a">8 (495) 000-00-01</p>` });
    const page = await world.arrive("/a");
    await world.tracker.count("/cs/n", 4);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    const asked = world.tracker.to("/cs/n").length;
    await page.evaluate(() => new Promise((done) => setTimeout(done, 2200)));
    expect(world.tracker.to("/cs/n").length).toBeLessThanOrEqual(asked + 1);
    await page.evaluate(() => {
      Reflect.deleteProperty(document, "hidden");
      addEventListener("pageshow", ({ persisted }) => {
        new MutationObserver(() => navigator.sendBeacon("/log", `persisted=${persisted}&a=${document.querySelector("#a")!.textContent}`)).observe(document.body, { subtree: true, characterData: true });
      });
    });
    world.tracker.lease = { p: [OTHER], e: 180, i: 30 };
    await page.goto(world.site.at("/b"));
    await ready(page);
    await reads(page, "#a", "8 (499) 444-55-66");
    page.evaluate(() => history.back()).catch(() => {});
    await expect.poll(() => world.site.posts, { timeout: 10_000 }).toEqual([{ persisted: "true", a: "8 (499) 444-55-66" }]);
  });

  test("TR-9 two tabs show the same number, and the next page of either one", async () => {
    const { world } = at;
    replace();
    world.site.set("*", { body: `<p id="a">8 (495) 000-00-01</p>` });
    const [one, two] = await Promise.all([world.arrive("/a"), world.arrive("/b")]);
    await Promise.all([reads(one!, "#a", "8 (495) 111-22-33"), reads(two!, "#a", "8 (495) 111-22-33")]);
    await one!.close();
    expect(await two!.textContent("#a")).toBe("8 (495) 111-22-33");
    world.tracker.delay.set("/cs/n", 5000);
    await two!.goto(world.site.at("/c"));
    await reads(two!, "#a", "8 (495) 111-22-33");
  });

  test("TR-9 where storage is blocked the number lasts for the page", async () => {
    const { world } = at;
    replace();
    await world.context.addInitScript(() => {
      const broken = { get() { throw new Error("no"); }, set() { throw new Error("no"); } };
      Object.defineProperty(document, "cookie", broken);
      Object.defineProperty(window, "localStorage", broken);
    });
    world.site.set("*", { body: `<p id="a">8 (495) 000-00-01</p>` });
    const page = await world.arrive("/a");
    await reads(page, "#a", "8 (495) 111-22-33");
  });

  test("TR-9 nothing is asked for by a driven browser, a page in a foreign one, or a page nobody looks at", async () => {
    const { world } = at;
    replace();
    world.site.set("/driven", { body: `<p id="a">8 (495) 000-00-01</p>` });
    world.site.set("/inner", { body: `<p id="a">8 (495) 000-00-01</p>` });
    const frame = world.site.at("/inner", "shop.other.test");
    world.site.set("/outer", { snippet: "", body: `<iframe src="${frame}"></iframe>` });
    const page = await world.visit("/outer");
    await world.tracker.count("/cs/h", 1);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
    expect(world.tracker.to("/cs/n")).toEqual([]);
    expect(await page.frames()[1]!.textContent("#a")).toBe("8 (495) 000-00-01");

    // Its hit is refused, and with that the page asks for nothing more.
    world.tracker.refuse = "bot_webdriver";
    await page.goto(world.site.at("/driven"));
    await world.tracker.count("/cs/h", 2);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 1200)));
    expect(world.tracker.to("/cs/n")).toEqual([]);
    expect(await page.textContent("#a")).toBe("8 (495) 000-00-01");
  });

  test("TR-9 a site that replaces nothing does not load this part", async () => {
    const { world } = at;
    world.site.set("/", { body: `<p id="a">8 (495) 000-00-01</p>` });
    await world.arrive("/");
    expect(world.tracker.seen.filter((one) => one.path.includes("phones"))).toEqual([]);
    expect(world.tracker.to("/cs/n")).toEqual([]);
  });

  test("TR-9 a page that broke what this part needs sees no exception", async () => {
    const { world } = at;
    replace();
    world.tracker.lease.p.push({ b: "7" } as never, null as never);
    world.site.set("/", {
      head: `<script>window.IntersectionObserver = undefined; function __cs_onReplacePhones() { throw new Error("mine") }</script>`,
      body: `<p id="a">8 (495) 000-00-01</p><a href="tel:1">1</a>`,
    });
    const page = await world.arrive("/");
    await world.tracker.count("/cs/n", 1);
    await page.click("a");
    await page.evaluate(() => {
      const { Comagic } = window as any;
      for (const method of ["getPhones", "getDTPhones", "getReplacedPhones", "setDynamicalReplacement", "setUIPhoneMaskFormat"]) Comagic[method]({});
    });
  });
});
