import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BASE, freshPage, KEY, load, pass, playServer } from "./harness.js";

let server: ReturnType<typeof playServer>;
const page = window as any;

beforeEach(() => {
  freshPage();
  server = playServer();
});
afterEach(() => vi.useRealTimers());

describe("TR-1 queue", () => {
  test("TR-1 commands before load are carried out in order, and the queue is left empty", async () => {
    page.__cs = [["setCsHost", BASE], ["trackEvent", "a", "b"], ["setCsAccount", KEY], ["trackEvent", "c", "d"]];
    await load();
    await pass();
    expect(page.__cs).toHaveLength(0);
    expect(server.to("cs/e").map((one) => one.fields.c)).toEqual(["a", "c"]);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["a text", "setCsAccount"],
    ["an object without push", {}],
  ])("TR-1 a queue that is %s hurts nobody", async (_name, queue) => {
    page.__cs = queue;
    await import("../../src/main.js");
    expect(() => page.Comagic.getCredentials()).not.toThrow();
  });

  test("TR-1 what is no command is skipped, and the next one is carried out", async () => {
    page.__cs = [["setCsHost", BASE], null, 5, "x", {}, [], [[]], ["toString"], ["constructor", "x"], ["setCsAccount", KEY]];
    await load();
    await pass();
    expect(server.to("cs/h")).toHaveLength(1);
  });

  test("TR-1 the first account counts, whichever command names it", async () => {
    await load(["setAccount", "other"], ["setCsAccount", "third"]);
    await pass();
    page.__cs.push(["setCsAccount", "fourth"]);
    await pass();
    expect(server.to("cs/s")).toHaveLength(1);
    expect(server.to("cs/h").map((one) => one.fields.k)).toEqual([KEY]);
  });

  test("TR-1 the host may be named after the account", async () => {
    page.__cs = [["setCsAccount", KEY], ["setCsHost", BASE]];
    await load();
    await pass();
    expect(server.to("cs/h")).toHaveLength(1);
  });

  test("TR-1 the legacy array named Comagic is emptied and replaced", async () => {
    const legacy: unknown[] = [["setAccount", KEY], ["setHost", "//tracker.test/comagic"]];
    page.Comagic = legacy;
    page.__cs = [];
    const api = await load();
    expect(api).not.toBe(legacy);
    expect(legacy).toHaveLength(0);
    expect((api.getCredentials!() as any).uri).toBe("https://tracker.test/comagic/");
    (legacy as any).push(["setHost", "http://later.test"]);
    expect((api.getCredentials!() as any).uri).toBe("http://later.test/");
  });

  test("TR-1 no method throws, whatever it is given, before or after the visitor is known", async () => {
    const api = await load();
    const odd = [undefined, null, 0, "", {}, [], () => { throw new Error("mine"); }, Symbol("s")];
    const tryAll = () => {
      for (const name in api)
        if (name !== "optOut") for (const one of odd) expect(() => api[name]!(one, one, one), name).not.toThrow();
    };
    tryAll();
    await pass();
    tryAll();
  });
});

describe("TR-1 where the server is", () => {
  test.each([
    ["https://host.test/static/cs.min.js", "https://host.test/"],
    ["https://host.test/static/cs.v12.min.js?x=1", "https://host.test/"],
    ["http://host.test:8080/prefix/static/cs.min.js", "http://host.test:8080/prefix/"],
  ])("TR-1 a script from %s talks to %s", async (src, base) => {
    const script = document.createElement("script");
    script.type = "text/plain";
    script.setAttribute("src", src);
    document.head.append(script);
    page.__cs = [];
    const api = await load();
    expect((api.getCredentials!() as any).consultant_server_url).toBe(base);
  });

  test.each([
    ["//server.test/comagic", "https://server.test/comagic/"],
    ["http://server.test", "http://server.test/"],
    ["https://server.test///", "https://server.test/"],
    ["server.test", BASE],
    ["/comagic", BASE],
    ["javascript:alert(1)", BASE],
    ["ftp://server.test", BASE],
    ["https://", BASE],
    [undefined, BASE],
    [null, BASE],
    [{}, BASE],
  ])("TR-1 setCsHost %o gives %s", async (host, base) => {
    const api = await load(["setCsHost", host]);
    expect((api.getCredentials!() as any).uri).toBe(base);
  });
});

describe("TR-1 numbers and callbacks", () => {
  test("TR-1 there are none yet", async () => {
    const api = await load();
    expect(api.getPhones!()).toEqual([]);
    expect(api.getDTPhones!()).toBeNull();
    expect(api.getReplacedPhones!("static")).toEqual({});
    expect(api.getOperatorStatus!()).toBe(false);
    const answer = vi.fn();
    page.ComagicWidget.openSitePhonePanel();
    page.ComagicWidget.sitePhoneCall({ phone: "1" }, answer);
    page.ComagicWidget.sitePhoneCall();
    expect(answer).toHaveBeenCalledExactlyOnceWith({ success: false, result: { status: 2, code: "off" } });
    expect(page.__cs_onReplacePhones([])).toBe(true);
  });

  test("TR-1 the hook of the page stays", async () => {
    const mine = () => false;
    page.__cs_onReplacePhones = mine;
    await load();
    expect(page.__cs_onReplacePhones).toBe(mine);
  });
});
