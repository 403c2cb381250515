import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { freshPage, IDS, load, pass, playServer, SETTINGS } from "./harness.js";

let server: ReturnType<typeof playServer>;

const hide = (hidden: boolean) => {
  Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
  document.dispatchEvent(new Event("visibilitychange"));
};

beforeEach(() => {
  freshPage("https://www.shop.test/a?b=1");
  server = playServer();
});
afterEach(() => vi.useRealTimers());

describe("TR-2 visible time", () => {
  test("TR-2 a heartbeat every b seconds, with the whole visible time", async () => {
    await load();
    await pass(46_000);
    expect(server.beacons.map((one) => [one.path, one.fields.h, one.fields.a])).toEqual([
      ["cs/p", "44", "15000"],
      ["cs/p", "44", "30000"],
      ["cs/p", "44", "45000"],
    ]);
  });

  test("TR-2 hidden time does not count; hiding tells the time at once", async () => {
    await load();
    await pass(5400);
    hide(true);
    await pass(100_000);
    hide(false);
    await pass(2000);
    window.dispatchEvent(new Event("pagehide"));
    const [first, second, ...more] = server.beacons.map((one) => Number(one.fields.a));
    expect(first).toBe(5400);
    expect(second).toBe(7400);
    expect(more).toEqual([]);
  });

  test("TR-2 the time a computer sleeps does not count", async () => {
    await load();
    await pass(3000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await pass(3000);
    window.dispatchEvent(new Event("pagehide"));
    expect(Number(server.beacons[0]!.fields.a)).toBeLessThan(7000);
  });

  test("TR-2 a single-page navigation closes the view before it", async () => {
    server.next["cs/h"] = [{ body: IDS }, { body: { ...IDS, h: 45 } }];
    await load();
    await pass(3000);
    history.pushState({}, "", "/next");
    await pass(2000);
    window.dispatchEvent(new Event("pagehide"));
    expect(server.beacons.map((one) => [one.fields.h, one.fields.a])).toEqual([
      ["44", "3000"],
      ["45", "2000"],
    ]);
  });

  test("TR-2 no beacon before the hit was answered, nor with the heartbeat off", async () => {
    server.usual["cs/s"] = { body: { ...SETTINGS, b: 0 } };
    await load();
    await pass(60_000);
    window.dispatchEvent(new Event("pagehide"));
    expect(server.beacons).toEqual([]);
  });

  test("TR-2 a browser without sendBeacon still counts pages", async () => {
    (navigator as any).sendBeacon = undefined;
    await load();
    await pass(20_000);
    history.pushState({}, "", "/next");
    await pass(1000);
    expect(server.to("cs/h")).toHaveLength(2);
  });
});

describe("TR-7 goals", () => {
  const withGoals = (...g: object[]) => {
    server.usual["cs/s"] = { body: { ...SETTINGS, g } };
  };
  const reached = () => server.to("cs/e").map((one) => one.fields.g);

  test("TR-7 time on site goes on over pages of the session, and is reached once in it", async () => {
    withGoals({ i: "1", t: "time_on_site", s: 10 });
    await load();
    await pass(6000);
    expect(document.cookie).toContain("_cmg_t22=");
    vi.resetModules();
    Reflect.deleteProperty(window, "Comagic");
    Reflect.deleteProperty(window, "__cs");
    await load();
    await pass(3000);
    expect(reached()).toEqual([]);
    await pass(3000);
    expect(reached()[0]).toBe("1");
  });

  test("TR-7 time on page starts anew with each view", async () => {
    withGoals({ i: "1", t: "time_on_page", s: 5, u: "/a" }, { i: "2", t: "time_on_page", s: 5, u: "/other" });
    await load();
    await pass(4000);
    history.pushState({}, "", "/a/2");
    await pass(4000);
    expect(reached()).toEqual([]);
    await pass(60_000);
    expect(reached()).toEqual(["1"]);
  });

  /** [way, pattern, whether https://www.shop.test/a?b=1 matches] */
  const addresses: Array<[string | undefined, string | undefined, boolean]> = [
    [undefined, undefined, true],
    [undefined, "", true],
    [undefined, "shop.test/a", true],
    [undefined, "/A", false],
    ["contains", "b=1", true],
    ["exact", "/a", true],
    ["exact", "/a?b=1", true],
    ["exact", "https://www.shop.test/a?b=1", true],
    ["exact", "/", false],
    ["starts", "/a?b", true],
    ["starts", "https://www.shop.test/", true],
    ["starts", "a", false],
    ["regexp", "^/a$", true],
    ["regexp", "b=\\d$", true],
    ["regexp", "^b", false],
    ["regexp", "(", false],
  ];

  test.each(addresses)("TR-7 a page goal by %s %o: %o", async (m, u, yes) => {
    withGoals({ i: "1", t: "page", m, u }, { i: "2", t: "page" });
    await load();
    await pass();
    expect(reached()).toEqual(yes ? ["1", "2"] : ["2"]);
  });

  test("TR-7 a fragment may be left out of the goal's address, and may be in it", async () => {
    freshPage("https://www.shop.test/a#form");
    withGoals(
      { i: "1", t: "page", m: "exact", u: "https://www.shop.test/a" },
      { i: "2", t: "page", m: "exact", u: "https://www.shop.test/a#form" },
      { i: "3", t: "page", u: "#form" },
    );
    await load();
    await pass();
    expect(reached()).toEqual(["1", "2", "3"]);
  });

  test("TR-7 a page passed faster than the server answers reaches its goal, in its own view", async () => {
    withGoals({ i: "1", t: "page", u: "/step" });
    server.usual["cs/h"] = { status: 503 };
    await load();
    await pass();
    server.next["cs/h"] = [45, 46, 47].map((h) => ({ body: { ...IDS, h } }));
    history.pushState({}, "", "/step");
    history.pushState({}, "", "/end");
    await pass(10_000);
    expect(server.to("cs/h").map((one) => new URL(one.fields.u!).pathname)).toEqual(["/a", "/a", "/step", "/end"]);
    expect(server.to("cs/e").map((one) => [one.fields.g, one.fields.u, one.fields.h])).toEqual([
      ["1", "https://www.shop.test/step", "46"],
    ]);
  });

  test("TR-7 an event carries the page it happened on and the ids of its view", async () => {
    const api = await load();
    api.trackEvent!("c", "a", "l", 5);
    await pass();
    expect(server.to("cs/e")[0]!.fields).toMatchObject({
      c: "c",
      a: "a",
      l: "l",
      va: "5",
      u: "https://www.shop.test/a?b=1",
      v: "11",
      s: "22",
      h: "44",
    });
    expect(server.to("cs/e")[0]!.fields.n).not.toBe(server.to("cs/h")[0]!.fields.n);
  });

  test("TR-7 settings without a list of goals are fine", async () => {
    server.usual["cs/s"] = { body: { ...SETTINGS, g: null } };
    await load();
    await pass();
    document.body.click();
    expect(server.to("cs/h")).toHaveLength(1);
  });
});
