// A server written from docs/dev/tracker-protocol.md: it names visitors, keeps what it is told, and misbehaves when asked to.

import { EventEmitter, once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

export const KEY = "Ab3xZ_0123456789-abcdefghijklmno";
export const SUFFIX = "Ab3xZ";
const SECOND_KEY = "k2".padEnd(32, "0");

const files = new Map(
  readdirSync(new URL("../../dist", import.meta.url)).map((name) => [`/static/${name}`, readFileSync(new URL(`../../dist/${name}`, import.meta.url))]),
);
const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

export type Fields = Record<string, string>;

export interface Seen {
  method: string;
  path: string;
  fields: Fields;
  headers: IncomingMessage["headers"];
  /** How it was answered: a status, or what went wrong on purpose. */
  outcome: number | Fault;
}

/** lost: kept, but the connection is cut before the answer; cut: the same before anything was kept; hang: never answered. */
export type Fault = "lost" | "cut" | "hang";

export class Tracker extends EventEmitter {
  /** Everything that came, in order. */
  readonly seen: Seen[] = [];
  /** What is stored, by nonce. */
  readonly hits = new Map<string, Fields & { h: string }>();
  readonly events = new Map<string, Fields>();
  readonly requests = new Map<string, Fields>();
  readonly contacts: Fields[] = [];
  readonly properties = new Map<string, string | true>();
  /** Longest visible time told, by hit. */
  readonly visible = new Map<string, number>();

  /** Settings given to the script; the test may change them before a page loads. */
  settings: Record<string, unknown> = {
    k: KEY,
    u: SECOND_KEY,
    x: SUFFIX,
    l: 90,
    d: false,
    n: false,
    c: false,
    b: 15,
    r: false,
    g: [],
  };

  /** Numbers given to visits, by block, and for how long; the test may change them at any time. */
  lease: { p: Array<{ b: string; n: string; f: string; d?: boolean }>; e: number; i: number } = { p: [], e: 0, i: 30 };

  /** Before an answer to a path goes out, ms. */
  readonly delay = new Map<string, number>();

  /** Reason with which hits are refused. */
  refuse?: string;

  private readonly visitors = new Map<string, number>();
  private readonly faults: Array<{ path: string; outcome: number | Fault; headers: Fields }> = [];
  private readonly server: Server = createServer((req, res) => void this.serve(req, res));
  private last = 10_640_054_782;

  async listen() {
    this.setMaxListeners(100);
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  get port() {
    return (this.server.address() as AddressInfo).port;
  }

  get base() {
    return `http://tracker.test:${this.port}/`;
  }

  /** The next requests to a path go wrong. */
  fail(path: string, outcome: number | Fault, times = 1, headers: Fields = { "Retry-After": "1" }) {
    for (let i = 0; i < times; i++) this.faults.push({ path, outcome, headers });
  }

  /** Requests to a path so far, whatever came of them. */
  to(path: string) {
    return this.seen.filter((one) => one.path === path);
  }

  /** Resolves when so many requests to a path have come. */
  async count(path: string, times: number) {
    const deadline = AbortSignal.timeout(15_000);
    while (this.to(path).length < times) {
      await once(this, "seen", { signal: deadline }).catch(() => {
        throw new Error(`waited for ${times} requests to ${path}, got ${this.to(path).length}`);
      });
    }
    return this.to(path);
  }

  private async serve(req: IncomingMessage, res: ServerResponse) {
    const url = new URL(req.url!, this.base);
    let body = "";
    for await (const chunk of req) body += chunk;
    const fields = firstFilled([...url.searchParams, ...new URLSearchParams(body)]);
    const path = url.pathname.startsWith("/cs/s/") ? "/cs/s" : url.pathname;

    const index = this.faults.findIndex((fault) => fault.path === path);
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0]!;
    const headers: Fields = {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "Retry-After, X-Skvoz-Reason",
      "Cache-Control": "no-store",
    };
    const record: Seen = { method: req.method!, path, fields, headers: req.headers, outcome: fault?.outcome ?? 200 };

    if (fault && fault.outcome !== "lost") {
      if (typeof fault.outcome === "number") {
        const refusal = { ...headers, ...fault.headers, "Content-Type": "application/json" };
        res.writeHead(fault.outcome, refusal).end('{"error":"on purpose"}');
      } else if (fault.outcome === "cut") req.socket.destroy();
    } else {
      const [status, answer] = this.answer(path, url, fields);
      record.outcome = fault ? fault.outcome : status;
      const delay = this.delay.get(path);
      if (delay) await setTimeout(delay);
      if (fault) req.socket.destroy();
      else if (answer instanceof Buffer) {
        const type = answer === gif ? "image/gif" : "text/javascript; charset=utf-8";
        res.writeHead(status, { ...headers, "Content-Type": type }).end(answer);
      } else {
        res.writeHead(status, { ...headers, "Content-Type": "application/json" });
        res.end(answer === undefined ? undefined : JSON.stringify(answer));
      }
    }
    this.seen.push(record);
    this.emit("seen");
  }

  private answer(path: string, url: URL, fields: Fields): [number, unknown?] {
    if (path.startsWith("/static/")) return [files.has(path) ? 200 : 404, files.get(path)];
    if (path === "/cs/s") {
      const known = url.pathname === `/cs/s/${KEY}` && fields.h;
      return known ? [200, this.settings] : [404, { error: "no such site" }];
    }
    switch (path) {
      case "/cs/h":
        return this.hit(fields);
      case "/cs/p":
        if (!fields.k || !fields.v || !fields.s || !fields.h || !fields.a) return [400, { error: "incomplete" }];
        this.visible.set(fields.h, Math.max(this.visible.get(fields.h) ?? 0, Number(fields.a)));
        return [204];
      case "/cs/e":
        if (!fields.k || !fields.n || !fields.v || !fields.s || !fields.h || !fields.u) return [400, { error: "incomplete" }];
        if (!fields.g && !(fields.c && fields.a)) return [400, { error: "no event" }];
        this.events.set(fields.n, fields);
        return [200, { g: fields.g ? [fields.g] : [] }];
      case "/cs/n":
        if (!fields.k || !fields.v || !fields.s || !fields.h || !fields.u) return [400, { error: "incomplete" }];
        return [200, fields.wd === "1" ? { p: [], e: 0 } : this.lease];
      case "/cs/a":
        return this.property(fields);
      case "/vc/s/": {
        const hit = [...this.hits.values()].find((one) => one.h === fields.hi);
        const belongs = hit && fields.sk === KEY && fields.ci === `${hit.v}.${hit.s}.${hit.t}`;
        const filled = fields.vp || fields.vn || fields.ve;
        if (belongs && filled) this.contacts.push(fields);
        return [200, { success: Boolean(belongs && filled) }];
      }
      case "/api/add_offline_message/":
        if (fields.site_key !== KEY || !(fields.name || fields.phone || fields.email)) return [200, { success: false }];
        this.requests.set(fields.nonce ?? `${this.requests.size}`, fields);
        return [200, { success: true, result: null }];
      default:
        return [404, { error: "not found" }];
    }
  }

  private hit(fields: Fields): [number, unknown] {
    if (fields.k !== KEY) return [404, { error: "no such site" }];
    if (!/^[a-z0-9]{12,32}$/.test(fields.n ?? "") || !fields.u) return [400, { error: "incomplete" }];
    if (!fields.v && !/^[a-z0-9]{12,32}$/.test(fields.f ?? "")) return [400, { error: "nobody" }];
    if (this.refuse) return [200, { refused: this.refuse }];

    const old = this.hits.get(fields.n!);
    const seeded = fields.f ? this.visitors.get(fields.f) : undefined;
    const v = Number(fields.v ?? seeded ?? ++this.last);
    if (fields.f) this.visitors.set(fields.f, v);
    const s = Number(fields.s ?? v + 1_000_000);
    const t = Number(fields.t ?? 1_777_012_580);
    const h = Number(old?.h ?? ++this.last);
    if (!old) this.hits.set(fields.n!, { ...fields, v: `${v}`, s: `${s}`, t: `${t}`, h: `${h}` });
    return [200, fields.px === "1" ? gif : { v, s, t, h }];
  }

  private property({ op, name, value, v, s }: Fields): [number, unknown] {
    if (!v || !s || !name) return [400, { error: "incomplete" }];
    const result =
      op === "has" ? this.properties.has(name) : op === "get" ? (this.properties.get(name) ?? false) : null;
    if (op === "set") this.properties.set(name, value ?? true);
    if (op === "delete") this.properties.delete(name);
    return [200, { success: true, result }];
  }
}

/** Of a repeated parameter the first non-empty value counts. */
function firstFilled(pairs: Iterable<[string, string]>): Fields {
  const fields: Fields = {};
  for (const [name, value] of pairs) if (!fields[name] && value) fields[name] = value;
  return fields;
}
