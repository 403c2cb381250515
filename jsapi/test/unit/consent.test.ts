import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { freshPage, load, pass, playServer, SETTINGS } from "./harness.js";

let server: ReturnType<typeof playServer>;

beforeEach(() => {
  freshPage();
  server = playServer();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** [site requires consent, what the page said, whether hits are sent] */
const table: Array<[boolean, unknown[], boolean]> = [
  [false, [], true],
  [false, [true], true],
  [false, [false], false],
  [true, [], false],
  [true, [true], true],
  [true, [false], false],
  [true, [false, true], true],
  [true, [true, false], false],
];

describe("TR-1 consent", () => {
  test.each(table)("TR-1 required %o, told %o: sent %o", async (required, told, sent) => {
    server.usual["cs/s"] = { body: { ...SETTINGS, c: required } };
    await load(...told.map((value) => ["setConsent", value]));
    await pass(60_000);
    expect(server.to("cs/h")).toHaveLength(sent ? 1 : 0);
    expect(document.cookie !== "").toBe(sent);
  });

  test("TR-1 calls wait for consent and are then sent in order", async () => {
    server.usual["cs/s"] = { body: { ...SETTINGS, c: true } };
    const api = await load();
    const told = vi.fn();
    api.trackEvent!("a", "b");
    api.addVisitorInfo!({ name: "A" }, told);
    await pass(60_000);
    expect(server.sent.map((one) => one.path)).toEqual(["cs/s"]);
    expect(told).not.toHaveBeenCalled();
    api.push!(["setConsent", true]);
    await pass(200);
    expect(server.sent.map((one) => one.path)).toEqual(["cs/s", "cs/h", "cs/e", "vc/s/"]);
    expect(told).toHaveBeenCalledExactlyOnceWith({ success: true });
    expect(Number(server.to("cs/h")[0]!.fields.d)).toBeGreaterThan(59_000);
  });

  test("TR-1 consent withdrawn stops a repeat that is under way", async () => {
    server.usual["cs/h"] = { status: 503 };
    const api = await load();
    await pass(2000);
    const tries = server.to("cs/h").length;
    api.setConsent!(false);
    await pass(200_000);
    expect(server.to("cs/h")).toHaveLength(tries);
  });

  test("TR-1 an opted-out visitor is not named, even by an answer that was under way", async () => {
    const api = await load();
    server.next["cs/h"] = [{ status: 503 }];
    await pass();
    api.optOut!();
    await pass(200_000);
    expect(api.getVisitorId!()).toBeUndefined();
    expect(document.cookie).toBe("_cmg_out=1");
  });

  test("TR-1 opting out is remembered by the next page, and its callbacks fail at once", async () => {
    document.cookie = "_cmg_out=1;path=/";
    document.cookie = `_comagic_id${SETTINGS.x}=1.2.3;path=/`;
    const api = await load();
    const told = vi.fn();
    api.addVisitorInfo!({ name: "A" }, told);
    await pass();
    expect(server.sent.map((one) => one.path)).toEqual(["cs/s"]);
    expect(told).toHaveBeenCalledExactlyOnceWith({ success: false });
    expect(document.cookie).toBe("_cmg_out=1");
  });

  test("TR-1 a page refused by the server stays silent", async () => {
    server.usual["cs/h"] = { body: { refused: "bot_ua" } };
    const api = await load();
    await pass();
    api.reinitTrackView!();
    api.trackEvent!("a", "b");
    await pass(60_000);
    expect(server.sent.map((one) => one.path)).toEqual(["cs/s", "cs/h"]);
    expect(document.cookie).not.toContain("_cmg_out");
  });
});
