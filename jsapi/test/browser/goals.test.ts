import { describe, expect, test } from "vitest";
import { ready, useWorld } from "./world.js";

const at = useWorld();

const goal = (i: string, t: string, more: object = {}) => ({ i, t, ...more });

/** Ids of the goals sent so far. */
const sent = () => at.world.tracker.to("/cs/e").map((one) => one.fields.g);

describe("TR-7 goals", () => {
  test("TR-7 a click goal: on the element or inside it, on pages that match, once in a view", async () => {
    const { world } = at;
    world.tracker.settings.g = [
      goal("1", "click", { e: ".buy", u: "/cart" }),
      goal("2", "click", { e: ".buy", u: "/other" }),
      goal("3", "click", { e: "((" }),
      goal("4", "click", { e: "#inner" }),
    ];
    world.site.set("*", {
      body: `<button class="buy"><b id="inner">Купить</b></button>
        <script>document.querySelector(".buy").addEventListener("click", (event) => event.stopImmediatePropagation())</script>`,
    });
    const page = await world.arrive("/cart?id=1");
    await page.click("#inner");
    await page.click("#inner");
    await world.tracker.count("/cs/e", 2);
    await page.evaluate(() => history.pushState({}, "", "/cart?id=2"));
    await world.tracker.count("/cs/h", 2);
    await page.click("#inner");
    await world.tracker.count("/cs/e", 4);
    // What happens at once may arrive in any order.
    expect(sent().slice(0, 2).sort()).toEqual(["1", "4"]);
    expect(sent().slice(2).sort()).toEqual(["1", "4"]);
    const events = [...world.tracker.events.values()].filter((event) => event.g === "1");
    expect(events[0]).toMatchObject({ h: world.hits[0]!.h, u: world.hits[0]!.u });
    expect(events[1]).toMatchObject({ h: world.hits[1]!.h, u: world.hits[1]!.u });
  });

  test("TR-7 a link goal is sent although the page is left", async () => {
    const { world } = at;
    world.tracker.settings.g = [
      goal("1", "link", { u: "/price.pdf", m: "exact" }),
      goal("2", "link", { u: "^tel:\\+7", m: "regexp" }),
      goal("3", "link", { u: "/price", m: "exact" }),
      goal("4", "link", { u: "(", m: "regexp" }),
      goal("5", "link", { u: "http", m: "starts" }),
    ];
    world.site.set("*", { body: `<a href="tel:+79000000001">Звонок</a><a id="pdf" href="/price.pdf?x=1#y"><i>Прайс</i></a>` });
    const page = await world.arrive("/");
    await page.evaluate(() => document.addEventListener("click", (event) => event.preventDefault(), { once: true }));
    await page.click("a");
    await page.click("i");
    await world.tracker.count("/cs/e", 3);
    expect(sent().sort()).toEqual(["1", "2", "5"]);
  });

  test("TR-7 a page goal, by each way of comparing", async () => {
    const { world } = at;
    world.tracker.settings.g = [
      goal("1", "page", { u: "/thanks", m: "exact" }),
      goal("2", "page", { u: "order=" }),
      goal("3", "page", { u: "/th", m: "starts" }),
      goal("4", "page", { u: "order=\\d+$", m: "regexp" }),
      goal("5", "page", { u: "/", m: "exact" }),
      goal("6", "page", { u: world.site.at("/thanks"), m: "starts" }),
      goal("7", "track_event"),
    ];
    world.site.set("*");
    const page = await world.arrive("/thanks?order=15");
    await world.tracker.count("/cs/e", 5);
    expect(sent().sort()).toEqual(["1", "2", "3", "4", "6"]);
    await page.evaluate(() => history.pushState({}, "", "/"));
    await world.tracker.count("/cs/e", 6);
    expect([...world.tracker.events.values()].at(-1)).toMatchObject({ g: "5", h: world.hits[1]!.h });
  });

  test("TR-7 scroll goals: first scroll, bottom reached, element seen", async () => {
    const { world } = at;
    world.tracker.settings.g = [
      goal("start", "scroll", { w: "comagic_scroll_start" }),
      goal("end", "scroll", { w: "comagic_scroll_end" }),
      goal("seen", "scroll", { w: "#middle" }),
      goal("late", "scroll", { w: ".late" }),
      goal("bad", "scroll", { w: "((" }),
      goal("other", "scroll", { w: "comagic_scroll_start", u: "/other" }),
    ];
    world.site.set("*", {
      body: `<div style="height: 2000px"></div><p id="middle">Середина</p><div style="height: 2000px"></div>`,
    });
    const page = await world.arrive("/");
    await page.mouse.wheel(0, 100);
    await world.tracker.count("/cs/e", 1);
    // The element is looked for once a second.
    await page.waitForFunction(() => performance.now() > 2500);
    expect(sent()).toEqual(["start"]);
    await page.evaluate(() => document.querySelector("#middle")!.scrollIntoView());
    await world.tracker.count("/cs/e", 2);
    expect(sent()).toEqual(["start", "seen"]);
    await page.evaluate(() => window.scrollTo(0, 1e6));
    await world.tracker.count("/cs/e", 3);
    await page.evaluate(() => document.body.insertAdjacentHTML("beforeend", `<p class="late">Поздно</p>`));
    await page.evaluate(() => window.scrollTo(0, 1e6));
    await world.tracker.count("/cs/e", 4);
    expect(sent()).toEqual(["start", "seen", "end", "late"]);
  });

  test("TR-7 goals of time: on a page, and on the site across its pages; hidden time does not count", async () => {
    const { world } = at;
    world.tracker.settings.g = [
      goal("page", "time_on_page", { s: 2, u: "/a" }),
      goal("site", "time_on_site", { s: 3 }),
      goal("never", "time_on_page", { s: 1, u: "/other" }),
    ];
    world.site.set("*");
    const page = await world.arrive("/a");
    await world.tracker.count("/cs/e", 1);
    expect(sent()).toEqual(["page"]);
    await page.goto(world.site.at("/b"));
    await ready(page);
    await world.tracker.count("/cs/e", 2);
    expect(sent()).toEqual(["page", "site"]);
    const [, site] = world.tracker.to("/cs/e");
    expect(site!.fields.h).toBe(world.hits[1]!.h);
    // Its limit lies behind it: no page of this session sends it again.
    await page.goto(world.site.at("/c"));
    await ready(page);
    await page.waitForFunction(() => performance.now() > 2500);
    expect(sent()).toEqual(["page", "site"]);
  });
});
