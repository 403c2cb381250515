import { describe, expect, test } from "vitest";
import { KEY, SUFFIX } from "./tracker.js";
import { ready, useWorld } from "./world.js";

const at = useWorld();

describe("TR-2 page views", () => {
  test("TR-2 an arrival from an advertisement is told with address, referrer, title, screen and language", async () => {
    const { world } = at;
    world.site.set("/land");
    const page = await world.arrive("/land?utm_source=yandex&utm_medium=cpc", { referer: "http://search.test/" });
    const [hit] = world.hits;
    expect(hit).toMatchObject({
      k: KEY,
      u: page.url(),
      r: "http://search.test/",
      ti: "Лавка",
      la: "ru-RU",
      n: expect.stringMatching(/^[a-z0-9]{12,32}$/),
      f: expect.stringMatching(/^[a-z0-9]{12,32}$/),
      w: expect.stringMatching(/^\d+x\d+$/),
      wd: "1",
    });
    expect(Number(hit!.d)).toBeLessThan(20_000);
    const request = world.tracker.to("/cs/h")[0]!;
    expect(request.method).toBe("POST");
    expect(request.headers.cookie).toBeUndefined();
    expect(world.tracker.seen.filter((one) => one.method === "OPTIONS")).toEqual([]);
  });

  test("TR-2 client ids of other counters are told", async () => {
    const { world } = at;
    world.site.set("/", { head: `<script>document.cookie="_ga=GA1.2.111.222";document.cookie="_ym_uid=1699999999123"</script>` });
    await world.arrive("/");
    expect(world.hits[0]).toMatchObject({ ga: "111.222", ym: "1699999999123" });
  });

  test("TR-2 the visitor is recognised after a reload, by a first-party cookie of the documented shape", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    const cookie = (await world.cookie(`_comagic_id${SUFFIX}`))!;
    const [first] = world.hits;
    expect(cookie.value).toBe(`${first!.v}.${first!.s}.${first!.t}`);
    expect((await world.cookie(`_cmg_csst${SUFFIX}`))!.value).toBe(first!.t);
    expect(cookie).toMatchObject({ domain: "www.shop.test", path: "/", sameSite: "Lax", secure: false });
    const days = (cookie.expires - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThan(90.1);
    expect(await world.cookie("_cmg_f")).toBeUndefined();

    await page.reload();
    await world.tracker.count("/cs/h", 2);
    const [, second] = world.tracker.to("/cs/h");
    expect(second!.fields).toMatchObject({ v: first!.v, s: first!.s, t: first!.t });
    expect(second!.fields.f).toBeUndefined();
    expect(second!.fields.n).not.toBe(first!.n);
  });

  test("TR-2 one visitor for all subdomains, when the site wants it", async () => {
    const { world } = at;
    world.tracker.settings.d = true;
    world.site.set("/");
    await world.arrive("/", { host: "www.shop.test" });
    expect((await world.cookie(`_comagic_id${SUFFIX}`))!.domain).toBe(".shop.test");
    expect(await world.cookie("_cmg_d")).toBeUndefined();
    await world.arrive("/", { host: "blog.shop.test" });
    expect(world.hits[1]!.v).toBe(world.hits[0]!.v);
  });

  test("TR-2 two tabs opened at once are one visitor", async () => {
    const { world } = at;
    world.site.set("/");
    await Promise.all([world.arrive("/?a"), world.arrive("/?b")]);
    expect(new Set(world.hits.map((hit) => hit.v)).size).toBe(1);
  });

  test("TR-2 each navigation of a single-page site is one hit with the page before as referrer", async () => {
    const { world } = at;
    world.site.set("*");
    const page = await world.arrive("/?start=1", { referer: "http://search.test/" });
    await page.evaluate(() => history.pushState({}, "", "/catalog"));
    await page.evaluate(() => history.replaceState({}, "", "/catalog?page=2"));
    await page.evaluate(() => history.pushState({}, "", "/catalog?page=2#details"));
    await page.evaluate(() => history.replaceState({ other: "state" }, ""));
    await page.evaluate(() => (location.hash = "more"));
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await world.tracker.count("/cs/h", 4);
    await page.evaluate(() => (window as any).Comagic.reinitTrackView());
    await world.tracker.count("/cs/h", 5);
    const path = (address?: string) => address?.replace(/^http:\/\/[^/]+/, "");
    expect(world.hits.map((hit) => [path(hit.u), path(hit.r)])).toEqual([
      ["/?start=1", "/"],
      ["/catalog", "/?start=1"],
      ["/catalog?page=2", "/catalog"],
      ["/?start=1", "/catalog?page=2"],
      ["/?start=1", "/?start=1"],
    ]);
    expect(new Set(world.hits.map((hit) => `${hit.v}.${hit.s}`)).size).toBe(1);
  });

  test("TR-2 navigations faster than the server are sent in their order, as one visitor", async () => {
    const { world } = at;
    world.site.set("*");
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    await page.evaluate(() => {
      for (let i = 1; i <= 5; i++) history.pushState({}, "", `/p${i}`);
    });
    await world.tracker.count("/cs/h", 1);
    await ready(page);
    await page.evaluate(() => history.pushState({}, "", "/p9"));
    await expect.poll(() => world.hits.at(-1)?.u).toMatch(/\/p9$/);
    const paths = world.hits.map((hit) => new URL(hit.u!).pathname);
    expect(paths).toEqual([...paths].sort());
    expect(new Set(world.hits.map((hit) => hit.v)).size).toBe(1);
  });

  test("TR-2 a page out of the back/forward cache is a new hit", async () => {
    const { world } = at;
    world.site.set("/a").set("/b");
    const page = await world.arrive("/a");
    await page.evaluate(() => {
      addEventListener("pageshow", ({ persisted }) => navigator.sendBeacon("/log", `persisted=${persisted}`));
    });
    await page.goto(world.site.at("/b"));
    await ready(page);
    // A restored page is out of the driver's reach: the servers tell what happened.
    page.evaluate(() => history.back()).catch(() => {});
    await world.tracker.count("/cs/h", 3);
    await expect.poll(() => world.site.posts).toEqual([{ persisted: "true" }]);
    expect(world.hits.map((hit) => new URL(hit.u!).pathname)).toEqual(["/a", "/b", "/a"]);
    expect(new Set(world.hits.map((hit) => hit.n)).size).toBe(3);
  });

  test("TR-2 a page opened in a background tab is counted when it is first looked at", async () => {
    const { world } = at;
    world.site.set("/");
    await world.context.addInitScript(() => {
      (window as any).away = true;
      Object.defineProperty(document, "hidden", { get: () => (window as any).away });
    });
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    expect(world.tracker.to("/cs/s")).toEqual([]);
    await page.evaluate(() => {
      (window as any).away = false;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await ready(page);
    expect(world.hits).toHaveLength(1);
  });

  test("TR-2 the time a page was visible is told when it is hidden or left", async () => {
    const { world } = at;
    world.site.set("/a").set("/b");
    const page = await world.arrive("/a");
    await page.waitForFunction(() => performance.now() > 1200);
    await page.goto(world.site.at("/b"));
    await world.tracker.count("/cs/p", 1);
    const [beat] = world.tracker.to("/cs/p");
    expect(beat!.fields).toMatchObject({ k: KEY, v: world.hits[0]!.v, s: world.hits[0]!.s, h: world.hits[0]!.h });
    expect(Number(beat!.fields.a)).toBeGreaterThan(500);
    expect(Number(beat!.fields.a)).toBeLessThan(20_000);
  });

  test("TR-2 the heartbeat grows while the page is visible, and names the view it belongs to", async () => {
    const { world } = at;
    world.tracker.settings.b = 1;
    world.site.set("*");
    const page = await world.arrive("/a");
    await world.tracker.count("/cs/p", 2);
    await page.evaluate(() => history.pushState({}, "", "/b"));
    await world.tracker.count("/cs/h", 2);
    const second = world.hits[1]!.h;
    await expect.poll(() => world.tracker.visible.get(second) ?? 0, { timeout: 10_000 }).toBeGreaterThan(500);
    const first = world.tracker.to("/cs/p").filter((one) => one.fields.h === world.hits[0]!.h);
    const times = first.map((one) => Number(one.fields.a));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("TR-2 no heartbeat where it is off", async () => {
    const { world } = at;
    world.tracker.settings.b = 0;
    world.site.set("/a").set("/b");
    const page = await world.arrive("/a");
    await page.goto(world.site.at("/b"));
    await world.tracker.count("/cs/h", 2);
    expect(world.tracker.to("/cs/p")).toEqual([]);
  });
});
