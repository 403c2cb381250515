import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freshPage, load, pass, playServer, SETTINGS } from "./harness.js";

beforeEach(() => freshPage("https://www.shop.test/land?utm_source=yandex#top"));
afterEach(() => vi.useRealTimers());

// What goes over the wire, name by name: a change here is a change of docs/dev/tracker-protocol.md.
test("TR-1 TR-2 TR-3 TR-7 TR-8 every call looks as the protocol says", async () => {
  const server = playServer();
  server.usual["cs/s"] = { body: { ...SETTINGS, g: [{ i: "5", t: "page" }] } };
  document.title = "Лавка";
  document.cookie = "_ga=GA1.2.111.222;path=/";
  document.cookie = "_ym_uid=1699999999123;path=/";
  Object.defineProperty(document, "referrer", { configurable: true, value: "https://ya.ru/" });

  const api = await load();
  await pass();
  api.trackEvent!("category", "action", "name", "1 & 2");
  api.addVisitorInfo!({ name: "Анна", phone: "+7 900 000-00-01", email: "a@b.test" });
  api.addOfflineRequest!({ name: "Анна", message: "Текст", is_sale: false, user_fields: { x: [1] } });
  api.setProperty!("colour", "red");
  api.setProperty!("flag");
  for (const method of ["hasProperty", "getProperty"]) api[method]!("colour", () => {});
  api.deleteProperty!("colour");
  await pass(15_000);
  api.reinitTrackView!();
  await pass();

  const chance = new Set(["n", "f", "nonce"]);
  const plain = [...server.sent, ...server.beacons].map(({ path, method, fields }) => ({
    call: `${method} ${path}`,
    ...Object.fromEntries(
      Object.entries(fields)
        .map(([name, value]) => [name, chance.has(name) ? value.replace(/^[a-z0-9]{12,32}$/, "<chance>") : value])
        .sort(),
    ),
  }));
  await expect(`${JSON.stringify(plain, null, 2)}\n`).toMatchFileSnapshot("golden/wire.json");
});
