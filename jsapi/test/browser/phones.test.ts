import { describe, expect, test } from "vitest";
import { api, byDigits, NUMBER, OTHER, OWN, reads, useNumbers } from "./numbers.js";
import { KEY } from "./tracker.js";
import { useWorld } from "./world.js";

const at = useWorld();
const replace = useNumbers(at);

describe("TR-9 places and formats", () => {
  test("TR-9 digits are found in any writing, and keep it", async () => {
    const { world } = at;
    const cases: Array<[markup: string, text: string]> = [
      ["8 (495) 000-00-01", "8 (495) 111-22-33"],
      ["+7 (495) 000-00-01", "+7 (495) 111-22-33"],
      ["Звоните: +7 495 000 00 01!", "Звоните: +7 495 111 22 33!"],
      ["(495) 000-00-01", "(495) 111-22-33"],
      ["495.000.00.01", "495.111.22.33"],
      ["84950000001", "84951112233"],
      ["8&nbsp;495&nbsp;000–00–01", "8\u00a0495\u00a0111–22–33"],
      ["8 (495) <b>000-00-01</b>", "8 (495) 111-22-33"],
      ["<span>+7</span> <span>495</span> <i>000</i>-<i>00</i>-<u>01</u>", "+7 495 111-22-33"],
      ["8 495 000-00-01, 8 (495) 000 00 01", "8 495 111-22-33, 8 (495) 111 22 33"],
      ["8 800 555-35-35, 8 495 000-00-01", "8 800 555-35-35, 8 495 111-22-33"],
      ["84950000001234", "84950000001234"],
      ["1234950000001", "1234950000001"],
      ["8 495 000-00-02", "8 495 000-00-02"],
      ["<span>5</span><b>84950000001</b>", "584951112233"],
      ["Смета 🙂 8 495 000-00-01 🙂", "Смета 🙂 8 495 111-22-33 🙂"],
    ];
    replace();
    world.site.set("/", { body: cases.map(([markup], index) => `<p id="c${index}">${markup}</p>`).join("\n") });
    const page = await world.arrive("/");
    await reads(page, "#c0", cases[0]![1]);
    expect(await page.locator("p").allTextContents()).toEqual(cases.map(([, text]) => text));
    expect(await page.locator("#c8").innerHTML()).toBe("<span>+7</span> <span>495</span> <i>111</i>-<i>22</i>-<u>33</u>");
  });

  test("TR-9 links that dial are replaced with the text, other addresses are not", async () => {
    const { world } = at;
    replace();
    const links = ["tel:+74950000001", "tel:84950000001", "tel:8-495-000-00-01", "callto:+74950000001", "sms:84950000001?body=1", "https://wa.me/74950000001", "https://shop.test/?order=84950000001", "tel:+74950000002"];
    world.site.set("/", { body: links.map((href) => `<a href="${href}">Позвонить</a>`).join("") + `<a id="t" href="tel:+74950000001">8 495 000-00-01</a>` });
    const page = await world.arrive("/");
    await reads(page, "#t", "8 495 111-22-33");
    const hrefs = await page.locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    expect(hrefs).toEqual(["tel:+74951112233", "tel:84951112233", "tel:8-495-111-22-33", "callto:+74951112233", "sms:84951112233?body=1", "https://wa.me/74951112233", "https://shop.test/?order=84950000001", "tel:+74950000002", "tel:+74951112233"]);
  });

  test("TR-9 a number of another length is written as the server writes it", async () => {
    const { world } = at;
    replace([byDigits], [{ b: "7", n: "375291112233", f: "+375 (29) 111-22-33", d: true }]);
    world.site.set("/", { body: `<p id="a">т. 8 (495) <b>000-00-01</b>.</p><a href="tel:84950000001">x</a><a href="https://wa.me/74950000001">x</a>` });
    const page = await world.arrive("/");
    await reads(page, "#a", "т. +375 (29) 111-22-33.");
    expect(await page.locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href")))).toEqual(["tel:+375291112233", "https://wa.me/375291112233"]);
  });

  test("TR-9 what is no visible text stays as it is", async () => {
    const { world } = at;
    replace();
    const own = "8 495 000-00-01";
    world.site.set("/", {
      head: `<meta name="description" content="${own}"><script type="application/ld+json">{"telephone":"${own}"}</script>`,
      body: `<p id="a">${own}</p><script type="application/ld+json">{"telephone":"${own}"}</script><style>/* ${own} */</style><textarea>${own}</textarea>
        <input value="${own}"><div contenteditable><b>${own}</b></div><!-- ${own} --><img alt="${own}"><meta itemprop="telephone" content="${own}">`,
    });
    const page = await world.arrive("/");
    await reads(page, "#a", "8 495 111-22-33");
    const html = await page.content();
    expect(html.split(own)).toHaveLength(11);
  });

  test("TR-9 blocks are found by id, class, name and selector; what has no number is left", async () => {
    const { world } = at;
    const at7 = (i: string, a: string, v: string, more = {}) => ({ i, a, v, ...more });
    const number = (b: string, tail: string) => ({ b, n: `749511122${tail}`, f: `+7 (495) 111-22-${tail}`, d: true });
    replace(
      [at7("1", "id", "main"), at7("2", "class", "ph"), at7("3", "name", "office"), at7("4", "selector", "footer > p"), at7("6", "selector", "][")],
      [number("1", "01"), number("2", "02"), number("3", "03"), number("4", "04"), number("6", "06")],
    );
    world.site.set("/", {
      body: `<div id="main">Отдел продаж: 8 (812) <b>000-00-01</b> <a href="tel:+78120000001">позвонить</a></div>
        <a class="x ph" href="tel:+78120000002"><i>8 812 000 00 02</i></a><a class="ph" href="tel:88120000003">Позвонить</a><i class="ph">Телефон</i>
        <a href="tel:+78120000009"><span class="ph">+7 812 000-00-09</span></a>
        <p name="office">8-812-0000004 8 800 555-35-35</p><input name="office" value="8 812 000-00-05"><footer><p>000-00-06</p></footer>`,
    });
    const page = await world.arrive("/");
    await reads(page, "footer", "+7 (495) 111-22-04");
    expect(await page.evaluate(() => document.body.innerText.split(/\s*\n\s*/).join(" "))).toBe(
      "Отдел продаж: 8 (495) 111-22-01 позвонить 8 495 111 22 02ПозвонитьТелефон +7 495 111-22-02 8-495-1112203 8 800 555-35-35 +7 (495) 111-22-04",
    );
    expect(await page.locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href")))).toEqual(["tel:+74951112201", "tel:+74951112202", "tel:84951112202", "tel:+74951112202"]);
    expect(await page.locator("input").inputValue()).toBe("8 812 000-00-05");
  });

  test("TR-9 masks of the block and of the page, and a text around the number", async () => {
    const { world } = at;
    const block = (i: string, more: object) => ({ i, a: "id", v: `b${i}`, ...more });
    const blocks = [block("1", { m: "+7 ### ### ## ##" }), block("2", { w: "Москва: {phone}" }), block("3", {}), block("4", { m: "###-##-##", w: "{country} ({city}) {phone}" })];
    replace(blocks, blocks.map(({ i }: any) => ({ ...NUMBER, b: i })));
    world.site.set("/", {
      snippet: `var __cs = [["setCsAccount", "${KEY}"], ["setUIPhoneMaskFormat", "8-___-___-____"]];`,
      body: blocks.map((one: any) => `<p id="${one.v}">т. <i>8 (812) </i>000-00-01;</p>`).join("") + `<a id="b3" href="tel:+78120000001"></a>`,
    });
    const page = await world.arrive("/");
    await reads(page, "#b3", "т. 8-495-111-2233;");
    expect(await page.locator("p").allTextContents()).toEqual(["т. +7 495 111 22 33;", "т. Москва: 8-495-111-2233;", "т. 8-495-111-2233;", "т. 7 (495) 111-22-33;"]);
    expect(await page.locator("a").getAttribute("href")).toBe("tel:+74951112233");
    await page.evaluate(() => (window as any).__cs.push(["setUIPhoneMaskFormat", ""]));
    expect(await page.locator("p").allTextContents()).toEqual(["т. +7 495 111 22 33;", "т. Москва: 8 (495) 111-22-33;", "т. 8 (495) 111-22-33;", "т. 7 (495) 111-22-33;"]);
  });

  test("TR-9 an image in a block of images gives way to text, and comes back", async () => {
    const { world } = at;
    replace([{ i: "7", a: "id", v: "pic", t: "image" }, { i: "8", a: "class", v: "pics", t: "image" }], [NUMBER, { ...OTHER, b: "8" }]);
    const gif = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    world.site.set("/", { body: `<img id="pic" src="${gif}"><div class="pics">Тел. <img src="${gif}"></div>` });
    const page = await world.arrive("/");
    await reads(page, ".pics", "Тел. +7 (499) 444-55-66");
    expect(await page.evaluate(() => document.body.innerText)).toBe("+7 (495) 111-22-33\nТел. +7 (499) 444-55-66");
    expect(await page.locator("img").evaluateAll((all) => all.map((one) => (one as HTMLElement).offsetWidth))).toEqual([0, 0]);
    await page.evaluate(() => (window as any).Comagic.optOut());
    await reads(page, ".pics", "Тел. ");
    expect(await page.locator("img").evaluateAll((all) => all.map((one) => (one as HTMLElement).offsetWidth))).toEqual([1, 1]);
  });

  test("TR-9 copying gives the number that is shown", async () => {
    const { world } = at;
    replace();
    world.site.set("/", { body: `<p id="a">8 (495) <b>000-00-01</b></p><textarea></textarea>` });
    const page = await world.arrive("/");
    await reads(page, "#a", "8 (495) 111-22-33");
    await page.evaluate(() => getSelection()!.selectAllChildren(document.querySelector("#a")!));
    await page.keyboard.press("Control+c");
    await page.focus("textarea");
    await page.keyboard.press("Control+v");
    expect(await page.inputValue("textarea")).toBe("8 (495) 111-22-33");
  });
});

describe("TR-9 what the page's own code sees", () => {
  test("TR-9 numbers given, dynamic ones, and those replaced", async () => {
    const { world } = at;
    replace(
      [byDigits, { i: "8", a: "id", v: "city" }, { i: "9", a: "class", v: "nowhere" }],
      [NUMBER, { b: "8", n: "78125556677", f: "+7 (812) 555-66-77", d: false }, { ...OTHER, b: "9" }],
    );
    world.site.set("/", { body: `<p id="a">8 495 000-00-01</p><p id="city">8 812 000-00-01</p>` });
    const page = await world.arrive("/");
    await reads(page, "#city", "8 812 555-66-77");
    const first = { id: `number=${OWN}`, img: null, text: "+7 (495) 111-22-33", raw: "74951112233", dt: true };
    const city = { id: "#city", img: null, text: "+7 (812) 555-66-77", raw: "78125556677", dt: false };
    const none = { id: ".nowhere", img: null, text: "+7 (499) 444-55-66", raw: "74994445566", dt: true };
    expect(await api(page, "getPhones")).toEqual([first, city, none]);
    expect(await api(page, "getDTPhones")).toEqual([first, none]);
    expect(await api(page, "getReplacedPhones")).toEqual({ [`number=${OWN}`]: "74951112233", "#city": "78125556677" });
    expect(await api(page, "getReplacedPhones", null)).toEqual({ [`number=${OWN}`]: "74951112233", "#city": "78125556677" });
    expect(await api(page, "getReplacedPhones", "dynamic")).toEqual({ "74951112233": [`number=${OWN}`] });
    expect(await api(page, "getReplacedPhones", "static")).toEqual({ "78125556677": ["#city"] });
    world.tracker.lease = { p: [], e: 0, i: 30 };
  });

  test("TR-9 the hook is told the numbers before they are written, and may leave the page as it is", async () => {
    const { world } = at;
    replace();
    const hook = (answer: string) => `<script>window.told = []; function __cs_onReplacePhones(phones) {
      told.push([phones, document.querySelector("#a").textContent]); ${answer} }</script>`;
    world.site.set("/no", { head: hook("return false"), body: `<p id="a">8 495 000-00-01</p>` });
    world.site.set("/yes", { head: hook("return true"), body: `<p id="a">8 495 000-00-01</p>` });
    world.site.set("/itself", { head: hook(`document.querySelector("#a").textContent = phones[0].raw; return false`), body: `<p id="a">8 495 000-00-01</p>` });
    const told = [[{ id: `number=${OWN}`, img: null, text: NUMBER.f, raw: NUMBER.n, dt: true }], "8 495 000-00-01"];
    const page = await world.arrive("/no");
    await page.waitForFunction(() => (window as any).told[0]);
    await page.evaluate(() => (window as any).Comagic.setDynamicalReplacement(true));
    await page.evaluate(() => document.body.append("!"));
    await page.waitForFunction(() => performance.now() > 1200);
    const all = await page.evaluate(() => (window as any).told as unknown[]);
    expect(all).toEqual(all.map(() => told));
    expect(all.length).toBeLessThan(6);
    expect(await page.textContent("#a")).toBe("8 495 000-00-01");
    expect(await api(page, "getReplacedPhones")).toEqual({});
    expect(await api(page, "getPhones")).toHaveLength(1);

    await page.goto(world.site.at("/yes"));
    await reads(page, "#a", "8 495 111-22-33");
    expect(await page.evaluate(() => (window as any).told)).toEqual([told]);

    await page.goto(world.site.at("/itself"));
    await reads(page, "#a", NUMBER.n);
    expect(await page.evaluate(() => (window as any).told)).toEqual([told]);
  });

  test("TR-9 blocks added later are replaced only if site or page say so", async () => {
    const { world } = at;
    replace();
    world.site.set("/", { body: `<p id="a">8 495 000-00-01</p>` });
    world.site.set("/asks", { body: `<p id="a">8 495 000-00-01</p>`, snippet: `var __cs = [["setCsAccount", "${KEY}"], ["setDynamicalReplacement", true]]` });
    const grow = (id: string) => {
      const block = document.body.appendChild(document.createElement("p"));
      block.id = id;
      block.textContent = "8 495 000-00-01";
    };
    const page = await world.arrive("/");
    await reads(page, "#a", "8 495 111-22-33");
    await page.waitForFunction(() => document.readyState === "complete");
    await page.evaluate(grow, "later");
    await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
    expect(await page.textContent("#later")).toBe("8 495 000-00-01");
    await page.evaluate(() => (window as any).__cs.push(["setDynamicalReplacement", true]));
    expect(await page.textContent("#later")).toBe("8 495 111-22-33");
    await page.evaluate(grow, "latest");
    await reads(page, "#latest", "8 495 111-22-33");
    // What has changed already is still looked at once.
    await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
    await page.evaluate(() => (window as any).Comagic.setDynamicalReplacement(false));
    await page.evaluate(grow, "last");
    await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
    expect(await page.textContent("#last")).toBe("8 495 000-00-01");

    await page.goto(world.site.at("/asks"));
    await reads(page, "#a", "8 495 111-22-33");
    await page.evaluate(grow, "later");
    await reads(page, "#later", "8 495 111-22-33");
  });

  test("TR-9 a page that renders anew gets the number again; one that fights is left alone", async () => {
    const { world } = at;
    replace(undefined, undefined, { r: true });
    world.site.set("/", { body: `<div id="a">8 495 000-00-01</div>` });
    const page = await world.arrive("/");
    await reads(page, "#a", "8 495 111-22-33");
    for (let i = 0; i < 3; i++) {
      await page.evaluate(() => (document.querySelector("#a")!.innerHTML = "<b>8 495 000</b>-00-01"));
      await reads(page, "#a", "8 495 111-22-33");
      await page.evaluate(() => (document.querySelector("#a")!.firstChild!.textContent = "8 495 000-00-01 "));
      await page.waitForFunction(() => document.querySelector("#a")!.textContent!.startsWith("8 495 111-22-33"));
    }
    await page.evaluate(() => {
      const place = document.querySelector("#a")!;
      const paint = () => (place.textContent = "8 495 000-00-01");
      (window as any).writes = 0;
      new MutationObserver(() => {
        if (place.textContent === "8 495 000-00-01") return;
        (window as any).writes++;
        paint();
      }).observe(place, { childList: true, subtree: true, characterData: true });
      paint();
    });
    const count = () => page.evaluate(() => (window as any).writes as number);
    let before = -1;
    await expect.poll(async () => before === (before = await count()), { timeout: 12_000, interval: 1000 }).toBe(true);
    expect(before).toBeGreaterThan(20);
    expect(before).toBeLessThan(160);
  });
});
