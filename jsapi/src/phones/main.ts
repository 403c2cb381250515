/** Number replacement: the second part of the script, loaded where a site's settings ask for it. */

import type { PageGlobals } from "../types";
import { doc, on, safe, settings, unknown } from "./handover";
import { hold, tell } from "./lease";
import { each, idOf, render, wanted } from "./page";
import type { Phone } from "./types";
import { format } from "./writing";

/** Changes of the page are answered together, after so many ms. */
const PAUSE = 50;

/** So many writes in each of so many seconds are a fight with the page's own code. */
const WRITES = 20;
const SECONDS = 5;

const win = window as unknown as PageGlobals;

const phones = () => {
  const list: Phone[] = [];
  each((block, number) =>
    list.push({ id: idOf(block), img: null, text: format(block, number), raw: number.n, dt: !!number.d }),
  );
  return list;
};

let timer: unknown;
let writes = 0;
let fights = 0;
let seen: unknown;

const show = safe(() => {
  timer = 0;
  const written = render(() => win.__cs_onReplacePhones!(phones()));
  if (written) writes += written + 1;
  observer.takeRecords();
  if (!seen) wanted.forEach((_, field) => eye!.observe((field.parentElement || (field as Attr).ownerElement)!));
});

const observer = new MutationObserver(() => {
  if (doc.readyState == "loading") show();
  else if (settings.r || doc.readyState != "complete") timer = timer || setTimeout(show, PAUSE);
});

const eye = safe(
  () =>
    new IntersectionObserver((entries) =>
      entries.map((entry) => {
        if (entry.isIntersecting && !seen) tell({ sh: (seen = 1) });
      }),
    ),
)();

const commands: Record<string, (value?: any) => unknown> = {
  getPhones: phones,
  getDTPhones() {
    const dynamic = phones().filter(({ dt }) => dt);
    return dynamic[0] ? dynamic : null;
  },
  getReplacedPhones(type?: string | null) {
    const replaced: Record<string, any> = {};
    wanted.forEach(([, block, { n, d }]) => {
      const id = idOf(block);
      if (!type) replaced[id] = n;
      else if (!d == (type != "dynamic")) replaced[n] = [...new Set(replaced[n]).add(id)];
    });
    return replaced;
  },
  setDynamicalReplacement(on: unknown) {
    settings.r = !!on;
    show();
  },
  setUIPhoneMaskFormat(mask: string) {
    settings.m = mask;
    show();
  },
};

safe(() => {
  // A page inside of a foreign one is left alone.
  if (!top!.document) return;
  for (const name in commands) win.Comagic[name] = safe(commands[name]!);
  win.Comagic.push(...unknown);
  hold(show as () => void);
  observer.observe(doc, { childList: true, characterData: true, subtree: true });
  on(doc, "click", ({ target }: { target: Element }) => {
    const [, , { n }] = wanted.get(target.closest("a")!.getAttributeNode("href")!)!;
    tell({ tc: n });
  });
  setInterval(() => {
    fights = writes < WRITES ? 0 : fights + 1;
    writes = 0;
    if (fights == SECONDS) {
      observer.disconnect();
      console.warn("Numbers are left to the page");
    }
  }, 1e3);
})();
