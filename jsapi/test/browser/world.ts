// One browser, one site and, for each test, its own tracker and visitor.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { KEY, Tracker } from "./tracker.js";

export const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

export const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP *.test 127.0.0.1",
];

export interface PageOptions {
  /** Inline script of the snippet; the account and nothing else unless given. */
  snippet?: string;
  /** Markup before the snippet, and in the body. */
  head?: string;
  body?: string;
  /** How often the script is embedded. */
  copies?: number;
  headers?: Record<string, string>;
  /** The whole file instead of a page. */
  file?: { type: string; text: string };
}

/** A site with pages of the test's making, at any host name under .test. */
export class Site {
  private readonly pages = new Map<string, PageOptions>();
  /** Forms that were posted with a page reload. */
  readonly posts: Array<Record<string, string>> = [];
  /** Paths asked for, in order. */
  readonly asked: string[] = [];
  private readonly server: Server = createServer(async (req, res) => {
    const path = new URL(req.url!, "http://site.test").pathname;
    if (req.method === "POST") {
      let body = "";
      for await (const chunk of req) body += chunk;
      this.posts.push(Object.fromEntries(new URLSearchParams(body)));
    }
    this.asked.push(path);
    const page = this.pages.get(path) ?? this.pages.get("*");
    if (!page || path === "/favicon.ico") return void res.writeHead(404).end();
    res.writeHead(200, { "Content-Type": page.file?.type ?? "text/html; charset=utf-8", ...page.headers }).end(this.render(page));
  });

  constructor(private readonly tracker: Tracker) {}

  async listen() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Address of a path; hosts differ where subdomains matter. */
  at(path: string, host = "www.shop.test") {
    return `http://${host}:${(this.server.address() as AddressInfo).port}${path}`;
  }

  set(path: string, page: PageOptions = {}) {
    this.pages.set(path, page);
    return this;
  }

  private render(page: PageOptions) {
    return page.file ? page.file.text : this.html(page);
  }

  private html({ snippet, head = "", body = "", copies = 1 }: PageOptions) {
    const tag = `<script async src="${this.tracker.base}static/cs.min.js"></script>\n`;
    return `<!doctype html><html><head><meta charset="utf-8"><title>Лавка</title>${head}
<script>${snippet ?? `var __cs = __cs || []; __cs.push(["setCsAccount", "${KEY}"]);`}</script>
${tag.repeat(copies)}</head><body>${body}</body></html>`;
  }
}

export class World {
  readonly tracker = new Tracker();
  readonly site = new Site(this.tracker);
  /** Exceptions and unhandled rejections of all pages. */
  readonly errors: string[] = [];
  context!: BrowserContext;

  async open(browser: Browser) {
    await this.tracker.listen();
    await this.site.listen();
    this.context = await browser.newContext({ locale: "ru-RU", viewport: { width: 1000, height: 700 } });
    this.context.on("weberror", (error) => this.errors.push(String(error.error())));
    return this;
  }

  /** Hits as stored, in order. */
  get hits() {
    return [...this.tracker.hits.values()];
  }

  async visit(path: string, options: { host?: string; referer?: string } = {}): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.site.at(path, options.host), { referer: options.referer });
    return page;
  }

  /** Visits a page and waits until the visitor is known. */
  async arrive(path: string, options: { host?: string; referer?: string } = {}): Promise<Page> {
    const page = await this.visit(path, options);
    await ready(page);
    return page;
  }

  async cookie(name: string) {
    return (await this.context.cookies()).find((one) => one.name === name);
  }

  async close() {
    await this.context.close();
    this.tracker.close();
    this.site.close();
    expect(this.errors).toEqual([]);
  }
}

/** Resolves when the page's credentials carry a hit. */
export async function ready(page: Page) {
  await page.waitForFunction(() => Number((window as any).Comagic?.getCredentials().hit_id) > 0);
}

/** Gives each test of a file its own world in one browser. */
export function useWorld(): { readonly world: World } {
  let browser: Browser;
  const current = {} as { world: World };
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ARGS,
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
    });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    current.world = await new World().open(browser);
  });
  afterEach(() => current.world.close());
  return current;
}

/** Makes the pages' timers run so many times faster: what takes half a minute of retries is over in a second. */
export const hurry = (world: World, times = 50) =>
  world.context.addInitScript((factor) => {
    const original = window.setTimeout;
    window.setTimeout = ((fn: TimerHandler, ms = 0) => original(fn, ms / factor)) as typeof window.setTimeout;
  }, times);
