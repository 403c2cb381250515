import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Api, BASE, freshPage, IDS, KEY, load, pass, playServer, SETTINGS, stubCookies } from "./harness.js";

let server: ReturnType<typeof playServer>;

beforeEach(() => {
  freshPage();
  server = playServer();
});
afterEach(() => vi.useRealTimers());

const credentials = (api: Api) => api.getCredentials!() as Record<string, unknown>;

describe("TR-4 readiness", () => {
  test("TR-4 before the first answer the ids are undefined; all seven keys are there", async () => {
    const api = await load();
    expect(credentials(api)).toEqual({
      site_key: KEY,
      visitor_id: undefined,
      hit_id: undefined,
      session_id: undefined,
      consultant_server_url: BASE,
      key: undefined,
      uri: BASE,
    });
    expect(Object.keys(credentials(api))).toHaveLength(7);
    expect(api.getVisitorId!()).toBeUndefined();
    expect(api.getSessionId!()).toBeUndefined();
  });

  test("TR-4 after it they are numbers, also while the next page view is under way", async () => {
    const api = await load();
    await pass();
    const known = { site_key: KEY, visitor_id: 11, hit_id: 44, session_id: 22, consultant_server_url: BASE, key: "second", uri: BASE };
    expect(credentials(api)).toEqual(known);
    server.next["cs/h"] = [{ status: 503 }, { body: { ...IDS, h: 45 } }];
    api.reinitTrackView!();
    await pass();
    expect(credentials(api)).toEqual(known);
    await pass(2000);
    expect(credentials(api).hit_id).toBe(45);
  });

  test("TR-4 a returning visitor is not known before the server has said so", async () => {
    document.cookie = `_comagic_id${SETTINGS.x}=1.2.3;path=/`;
    const api = await load();
    expect(api.getVisitorId!()).toBeUndefined();
    await pass();
    expect(server.to("cs/h")[0]!.fields).toMatchObject({ v: "1", s: "2", t: "3" });
    expect(api.getVisitorId!()).toBe(11);
  });

  test("TR-1 the app key is replaced by the site's own", async () => {
    server.usual["cs/s"] = { body: { ...SETTINGS, k: "site" } };
    const api = await load();
    await pass();
    expect(server.to("cs/h")[0]!.fields.k).toBe("site");
    expect(credentials(api).site_key).toBe("site");
  });
});

describe("TR-2 identity", () => {
  test.each(["", "abc", "1.2", "1.2.x", "..", "undefined.undefined.undefined"])(
    "TR-2 a cookie that holds %o counts as none",
    async (value) => {
      document.cookie = `_comagic_id${SETTINGS.x}=${value};path=/`;
      await load();
      await pass();
      expect(server.to("cs/h")[0]!.fields).toMatchObject({ f: expect.stringMatching(/^[a-z0-9]{12,32}$/) });
      expect(server.to("cs/h")[0]!.fields.v).toBeUndefined();
    },
  );

  test("TR-2 the seed is kept until the ids are known, then dropped", async () => {
    server.next["cs/h"] = [{ status: 503 }];
    await load();
    await pass();
    const seed = server.to("cs/h")[0]!.fields.f!;
    expect(document.cookie).toContain(`_cmg_f=${seed}`);
    await pass(2000);
    expect(server.to("cs/h")[1]!.fields.f).toBe(seed);
    expect(document.cookie).toBe("_comagic_idAb3xZ=11.22.33; _cmg_csstAb3xZ=33");
  });

  test("TR-2 another tab's newer session is taken up", async () => {
    const api = await load();
    await pass();
    document.cookie = `_comagic_id${SETTINGS.x}=11.99.77;path=/`;
    api.reinitTrackView!();
    await pass();
    expect(server.to("cs/h")[1]!.fields).toMatchObject({ v: "11", s: "99", t: "77" });
  });

  test("TR-2 where cookies throw, the page remembers by itself", async () => {
    const refuse = vi.fn(() => {
      throw new Error("SecurityError");
    });
    stubCookies(refuse, refuse);
    server.next["cs/h"] = [{ status: 503 }];
    const api = await load();
    await pass(2000);
    const [first, second] = server.to("cs/h");
    expect(first!.fields.f).toBe(second!.fields.f);
    api.reinitTrackView!();
    await pass();
    expect(server.to("cs/h")[2]!.fields).toMatchObject({ v: "11", s: "22", t: "33" });
    expect(refuse).toHaveBeenCalled();
  });
});

describe("TR-2 transport", () => {
  test("TR-2 a hit given up after five tries: about half a minute, no more", async () => {
    server.usual["cs/h"] = { status: 503 };
    const api = await load();
    const told = vi.fn();
    api.addVisitorInfo!({ name: "A" }, told);
    await pass(29_000);
    expect(told).not.toHaveBeenCalled();
    await pass(120_000);
    const tries = server.to("cs/h");
    expect(tries).toHaveLength(5);
    expect(new Set(tries.map((one) => one.fields.n)).size).toBe(1);
    expect(tries.map((one) => Math.round(Number(one.fields.d) / 1000))).toEqual([0, 1, 3, 7, 15]);
    expect(told).toHaveBeenCalledExactlyOnceWith({ success: false });
    expect(server.to("vc/s/")).toEqual([]);
  });

  test("TR-2 Retry-After is honoured up to a minute; nonsense in it is not", async () => {
    server.next["cs/h"] = [
      { status: 503, headers: { "Retry-After": "9" } },
      { status: 429, headers: { "Retry-After": "86400" } },
      { status: 502, headers: { "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" } },
    ];
    await load();
    await pass(200_000);
    expect(server.to("cs/h").map((one) => Math.round(Number(one.fields.d) / 1000))).toEqual([0, 9, 69, 73]);
  });

  test.each([400, 404, 413])("TR-2 an answer of %i is not repeated", async (status) => {
    server.usual["cs/h"] = { status, body: { error: "no" } };
    const api = await load();
    const told = vi.fn();
    api.setProperty!("a", "b");
    api.getProperty!("a", told);
    await pass(200_000);
    expect(server.to("cs/h")).toHaveLength(1);
    expect(told).toHaveBeenCalledExactlyOnceWith({ success: false });
  });

  test("TR-2 an answer that is no JSON counts as none", async () => {
    server.next["cs/h"] = [new SyntaxError("<html>")];
    await load();
    await pass(2000);
    expect(server.to("cs/h")).toHaveLength(2);
  });

  test("TR-2 a server that never answers is given up on", async () => {
    const answer = vi.fn(() => new Promise(() => {}));
    vi.stubGlobal("fetch", answer);
    await load();
    await pass(300_000);
    expect(answer).toHaveBeenCalledTimes(5);
  });

  test("TR-1 no settings, no hit: what the site wants is not guessed", async () => {
    server.usual["cs/s"] = { status: 503 };
    const api = await load();
    const told = vi.fn();
    api.addOfflineRequest!({ name: "A" }, told);
    await pass(200_000);
    expect(server.sent.map((one) => one.path)).toEqual(Array(5).fill("cs/s"));
    expect(told).toHaveBeenCalledExactlyOnceWith({ success: false });
  });

  test("TR-3 a callback that throws or is none does not stop the next", async () => {
    const api = await load();
    const told = vi.fn();
    api.hasProperty!("a", () => {
      throw new Error("the page's own");
    });
    api.hasProperty!("a", "no function");
    api.hasProperty!("a", told);
    await pass();
    expect(told).toHaveBeenCalledExactlyOnceWith({ success: true, result: null });
  });

  test("TR-8 a nonce of the page's own is kept, the ids are not overwritten by the page's fields", async () => {
    const api = await load();
    api.addOfflineRequest!({ name: "A", nonce: "order-17", visitor_id: "", site_key: "" });
    await pass();
    expect(server.to("api/add_offline_message/")[0]!.fields).toMatchObject({
      nonce: "order-17",
      visitor_id: "11",
      site_key: KEY,
    });
  });
});

describe("TR-3 properties", () => {
  test("TR-3 one after the other, each with the ids", async () => {
    server.next["cs/a"] = [{ status: 503 }];
    const api = await load();
    api.setProperty!("colour", "red");
    api.setProperty!("flag");
    api.deleteProperty!("colour");
    await pass(3000);
    const [first, again, flag, removed] = server.to("cs/a").map((one) => one.fields);
    expect(first).toMatchObject({ k: KEY, v: "11", s: "22", op: "set", name: "colour", value: "red" });
    expect(again).toEqual(first);
    expect(flag).toMatchObject({ op: "set", name: "flag" });
    expect(flag).not.toHaveProperty("value");
    expect(removed).toMatchObject({ op: "delete", name: "colour" });
  });
});
