import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { freshPage, SETTINGS, stubCookies } from "./harness.js";

/** Cookies as a browser keeps them that takes none for public suffixes. */
class Jar {
  readonly cookies = new Map<string, { value: string; attributes: Record<string, string> }>();

  constructor(private readonly suffixes: string[]) {
    stubCookies(
      () => [...this.cookies].map(([id, one]) => `${id.split("@")[0]}=${one.value}`).join("; "),
      (text) => this.set(text),
    );
  }

  private set(text: string) {
    const [pair, ...rest] = text.split(";");
    const [name, value] = pair!.split("=") as [string, string];
    const attributes = Object.fromEntries(rest.map((one) => one.split("=")));
    const { domain } = attributes;
    if (domain && (this.suffixes.includes(domain) || !`.${location.hostname}`.endsWith(`.${domain}`))) return;
    const id = `${name}@${domain ?? ""}`;
    if (attributes["max-age"] === "0") this.cookies.delete(id);
    else this.cookies.set(id, { value, attributes });
  }
}

async function modules(settings: object) {
  const site = await import("../../src/site.js");
  site.setSettings({ ...SETTINGS, ...settings });
  return import("../../src/cookies.js");
}

beforeEach(() => freshPage("https://www.shop.co.uk/"));
afterEach(() => vi.useRealTimers());

describe("TR-2 cookies", () => {
  test("TR-2 on the host alone, lax, secure on https, for as many days as the site says", async () => {
    const jar = new Jar(["uk", "co.uk"]);
    const { read, write } = await modules({ l: 30 });
    write("name", "value");
    expect(read("name")).toBe("value");
    const one = jar.cookies.get("name@")!;
    expect(one.attributes).toMatchObject({ path: "/", "max-age": `${30 * 86_400}`, samesite: "lax" });
    expect(one.attributes).toHaveProperty("secure");
    write("name", "", 0);
    expect(jar.cookies.size).toBe(0);
  });

  test("TR-2 not secure on http", async () => {
    freshPage("http://www.shop.co.uk/");
    const jar = new Jar(["uk", "co.uk"]);
    const { write } = await modules({});
    write("name", "value");
    expect(jar.cookies.get("name@")!.attributes).not.toHaveProperty("secure");
  });

  test("TR-2 on the registrable domain where subdomains share the visitor; a narrower one gives way", async () => {
    const jar = new Jar(["uk", "co.uk"]);
    document.cookie = "name=old;path=/";
    const { read, write } = await modules({ d: true });
    write("name", "new");
    expect([...jar.cookies.keys()]).toEqual(["name@shop.co.uk"]);
    expect(read("name")).toBe("new");
    write("name", "", 0);
    expect(jar.cookies.size).toBe(0);
  });

  test.each(["http://localhost/", "http://127.0.0.1/"])("TR-2 at %s too", async (address) => {
    freshPage(address);
    new Jar(["localhost", "1", "0.1", "0.0.1"]);
    const { read, write } = await modules({ d: true });
    write("name", "value");
    expect(read("name")).toBe("value");
  });

  test("TR-2 a name that ends another's is not taken for it", async () => {
    new Jar([]);
    document.cookie = "my_ga=wrong;path=/";
    const { read } = await modules({});
    expect(read("_ga")).toBe("");
    document.cookie = "_ga=right;path=/";
    expect(read("_ga")).toBe("right");
  });
});
