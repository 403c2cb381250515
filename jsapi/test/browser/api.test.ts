import { describe, expect, test } from "vitest";
import { KEY } from "./tracker.js";
import { ready, useWorld } from "./world.js";

const at = useWorld();

const account = `["setCsAccount", "${KEY}"]`;

describe("TR-1 embedding", () => {
  test("TR-1 calls queued before the script has loaded are carried out, unknown ones ignored", async () => {
    const { world } = at;
    const snippet = `var __cs = __cs || [];
      __cs.push(["trackEvent", "early", "bird", "name", "7"]);
      __cs.push(["setDynamicalReplacement", true], ["setUIPhoneMaskFormat", "+7 ___"], ["applyWidgetsOptions", {}], ["newfangled", 1]);
      __cs.push(${account});
      __cs.push(["addVisitorInfo", {name: "Анна"}, function (answer) { window.told = answer }]);`;
    world.site.set("/", { snippet });
    const page = await world.arrive("/");
    await world.tracker.count("/cs/e", 1);
    expect([...world.tracker.events.values()]).toMatchObject([{ c: "early", a: "bird", l: "name", va: "7", h: world.hits[0]!.h }]);
    await page.waitForFunction(() => (window as any).told);
    expect(await page.evaluate(() => (window as any).told)).toEqual({ success: true });
    expect(world.tracker.contacts).toMatchObject([{ vn: "Анна", s: "1" }]);
  });

  test("TR-1 pushes go on working after load, on both queues", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    await page.evaluate(() => {
      (window as any).__cs.push(["trackEvent", "one", "x"], ["trackEvent", "two", "x"]);
      (window as any).Comagic.push(["trackEvent", "three", "x"]);
    });
    await world.tracker.count("/cs/e", 3);
    const events = [...world.tracker.events.values()];
    expect(events.map((event) => event.c).sort()).toEqual(["one", "three", "two"]);
  });

  test("TR-1 the account may come after the script", async () => {
    const { world } = at;
    world.site.set("/", { snippet: "" });
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    await page.evaluate((key) => (window as any).__cs.push(["setCsAccount", key]), KEY);
    await ready(page);
    expect(world.hits).toHaveLength(1);
  });

  test("TR-1 the oldest snippet: an array named Comagic, setAccount and setHost", async () => {
    const { world } = at;
    const host = world.tracker.base.replace(/^http:|\/$/g, "");
    world.site.set("/", {
      snippet: `var Comagic = []; Comagic.push(["setAccount", "${KEY}"]); Comagic.push(["setHost", "${host}"]);`,
    });
    const page = await world.arrive("/");
    expect(await page.evaluate(() => (window as any).Comagic.getCredentials().uri)).toBe(world.tracker.base);
  });

  test("TR-1 a server named by the page wins over the script's own; what is no address does not", async () => {
    const { world } = at;
    world.site.set("/", { snippet: `var __cs = [${account}, ["setCsHost", "https://elsewhere.test/comagic"]];` });
    world.site.set("/odd", { snippet: `var __cs = [["setCsHost", "javascript:alert(1)"], ["setCsHost"], ${account}];` });
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    const base = () => (window as any).Comagic.getCredentials().consultant_server_url;
    expect(await page.evaluate(base)).toBe("https://elsewhere.test/comagic/");
    expect(await (await world.arrive("/odd")).evaluate(base)).toBe(world.tracker.base);
  });

  test("TR-1 embedded twice it counts once, and the second queue is not lost", async () => {
    const { world } = at;
    world.site.set("/", { copies: 2 });
    const page = await world.arrive("/");
    await page.evaluate(() => {
      (window as any).first = (window as any).Comagic;
      (window as any).__cs = [["trackEvent", "second", "queue"]];
    });
    await page.addScriptTag({ url: `${world.tracker.base}static/cs.min.js` });
    await page.evaluate(() => (window as any).__cs.push(["trackEvent", "second", "push"]));
    await world.tracker.count("/cs/e", 2);
    expect(await page.evaluate(() => (window as any).first === (window as any).Comagic)).toBe(true);
    await page.evaluate(() => history.pushState({}, "", "/next"));
    await world.tracker.count("/cs/h", 2);
    expect(world.hits).toHaveLength(2);
    expect(world.tracker.to("/cs/s")).toHaveLength(1);
  });

  test("TR-1 numbers, chats and callbacks answer that there are none", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    const answers = await page.evaluate(async () => {
      const { Comagic, ComagicWidget, __cs_onReplacePhones } = window as any;
      Comagic.openChatWindow();
      Comagic.openSiteRequestPanel();
      ComagicWidget.openSitePhonePanel();
      ComagicWidget.sitePhoneCall({ phone: "79990000001" });
      return {
        phones: Comagic.getPhones(),
        dynamic: Comagic.getDTPhones(),
        replaced: Comagic.getReplacedPhones("dynamic"),
        operator: Comagic.getOperatorStatus(),
        hook: __cs_onReplacePhones([]),
        call: await new Promise((done) => ComagicWidget.sitePhoneCall({ phone: "79990000001" }, done)),
      };
    });
    expect(answers).toEqual({
      phones: [],
      dynamic: null,
      replaced: {},
      operator: false,
      hook: true,
      call: { success: false, result: { status: 2, code: "off" } },
    });
  });

  test("TR-1 the page's own hook stays", async () => {
    const { world } = at;
    world.site.set("/", { head: `<script>function __cs_onReplacePhones() { return "mine" }</script>` });
    const page = await world.arrive("/");
    expect(await page.evaluate(() => (window as any).__cs_onReplacePhones())).toBe("mine");
  });
});

describe("TR-4 credentials", () => {
  test("TR-4 a form that polls for the hit id gets all seven keys, flat, with numbers for ids", async () => {
    const { world } = at;
    world.site.set("/", {
      head: `<script>
        window.polled = new Promise((done) => {
          let left = 15;
          const timer = setInterval(() => {
            if (typeof Comagic === "undefined" || !Comagic.getCredentials) return;
            const credentials = Comagic.getCredentials();
            window.early = window.early || credentials;
            if (!isNaN(credentials.hit_id) || !left--) { clearInterval(timer); done(credentials); }
          }, 300);
        });
      </script>`,
    });
    world.tracker.fail("/cs/h", 503);
    const page = await world.visit("/");
    const credentials = await page.evaluate(() => (window as any).polled);
    const { early, missing } = await page.evaluate(() => {
      const { early } = window as any;
      return { early, missing: ["visitor_id", "session_id", "hit_id"].map((name) => early[name] === undefined && name in early) };
    });
    const [hit] = world.hits;
    expect(credentials).toEqual({
      site_key: KEY,
      visitor_id: Number(hit!.v),
      session_id: Number(hit!.s),
      hit_id: Number(hit!.h),
      consultant_server_url: world.tracker.base,
      key: world.tracker.settings.u,
      uri: world.tracker.base,
    });
    expect(early).toMatchObject({ site_key: KEY, consultant_server_url: world.tracker.base });
    expect(missing).toEqual([true, true, true]);
    expect(await page.evaluate(() => [(window as any).Comagic.getVisitorId(), (window as any).Comagic.getSessionId()])).toEqual([
      Number(hit!.v),
      Number(hit!.s),
    ]);
  });

  test("TR-5 the site's back end can name the visitor after a form post with a page reload", async () => {
    const { world } = at;
    world.site.set("/", {
      body: `<form method="post" action="/thanks"><input name="phone" value="+7 900 000-00-01"></form>`,
    });
    world.site.set("/thanks");
    const page = await world.arrive("/");
    await page.evaluate(() => {
      const form = document.forms[0]!;
      const credentials = (window as any).Comagic.getCredentials();
      for (const name in credentials) {
        const input = form.appendChild(document.createElement("input"));
        input.name = name;
        input.value = credentials[name];
      }
      form.submit();
    });
    await world.tracker.count("/cs/h", 2);
    const [post] = world.site.posts;
    const cookie = (await world.context.cookies()).find((one) => one.name.startsWith("_comagic_id"))!;
    const query = new URLSearchParams({ sk: post!.site_key!, ci: cookie.value, hi: post!.hit_id!, vp: post!.phone!, s: "1" });
    const port = world.tracker.port;
    const answer = await fetch(`http://127.0.0.1:${port}/vc/s/?${query}`);
    expect(await answer.json()).toEqual({ success: true });
  });
});

describe("TR-3 contacts, TR-8 requests, properties", () => {
  test("TR-3 a contact is sent with the visitor's ids, and the callback gets the answer", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    const add = (contact: object | null) =>
      page.evaluate((one) => new Promise((done) => (window as any).Comagic.addVisitorInfo(one, done)), contact);
    expect(await add({ name: "Анна & Ко", email: "a+b@c.test", session_number: 5 })).toEqual({ success: true });
    const [hit] = world.hits;
    expect(world.tracker.contacts).toEqual([
      { sk: KEY, ci: `${hit!.v}.${hit!.s}.${hit!.t}`, hi: hit!.h, vn: "Анна & Ко", ve: "a+b@c.test", s: "1" },
    ]);
    expect(await add({ session_number: 5 })).toEqual({ success: false });
    expect(await add(null)).toEqual({ success: false });
    expect(await add({ name: "", phone: null, email: undefined })).toEqual({ success: false });
    expect(world.tracker.contacts).toHaveLength(1);
  });

  test("TR-8 a request is sent with every field it may have", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    const answer = await page.evaluate(
      () =>
        new Promise((done) =>
          (window as any).Comagic.addOfflineRequest(
            {
              name: "Анна",
              phone: "+7 900 000-00-01",
              email: "a@b.test",
              message: "Перезвоните\nпожалуйста",
              is_sale: true,
              sale_cost: "1000",
              group_id: 5,
              form_name: "Заявка",
              user_fields: { color: "red" },
            },
            done,
          ),
        ),
    );
    expect(answer).toEqual({ success: true, result: null });
    const [hit] = world.hits;
    expect([...world.tracker.requests.values()]).toMatchObject([
      {
        site_key: KEY,
        visitor_id: hit!.v,
        session_id: hit!.s,
        hit_id: hit!.h,
        name: "Анна",
        phone: "+7 900 000-00-01",
        message: "Перезвоните\nпожалуйста",
        is_sale: "true",
        sale_cost: "1000",
        group_id: "5",
        form_name: "Заявка",
        user_fields: `{"color":"red"}`,
      },
    ]);
  });

  test("TR-8 a request goes out even if the visitor stayed unknown", async () => {
    const { world } = at;
    await world.context.route(/\/cs\/h/, (route) => route.fulfill({ status: 400, body: "{}" }));
    world.site.set("/");
    const page = await world.visit("/");
    await page.waitForFunction(() => (window as any).Comagic?.optIn);
    const sent = page.evaluate(() => new Promise((done) => (window as any).Comagic.addOfflineRequest({ phone: "1" }, done)));
    expect(await sent).toEqual({ success: true, result: null });
    expect([...world.tracker.requests.values()][0]!.visitor_id).toBeUndefined();
  });

  test("TR-3 properties are set, read and removed in the order of the calls", async () => {
    const { world } = at;
    world.site.set("/");
    const page = await world.arrive("/");
    const answers = await page.evaluate(async () => {
      const api = (window as any).Comagic;
      const ask = (method: string, name: string) => new Promise((done) => api[method](name, done));
      api.setProperty("colour", "red");
      api.setProperty("flag");
      const first = [ask("getProperty", "colour"), ask("hasProperty", "flag"), ask("getProperty", "flag")];
      api.deleteProperty("colour");
      return Promise.all([...first, ask("hasProperty", "colour"), ask("getProperty", "colour")]);
    });
    expect(answers).toEqual([
      { success: true, result: "red" },
      { success: true, result: true },
      { success: true, result: true },
      { success: true, result: false },
      { success: true, result: false },
    ]);
  });
});
