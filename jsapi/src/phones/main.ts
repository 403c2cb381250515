/** Number replacement: the second part of the script, loaded where a site's settings ask for it. */

import { doc, on, safe, settings, unknown } from "./handover";
import { hold, tell } from "./lease";
import { wanted } from "./page";
import { observer, phones, show } from "./show";

declare const Comagic: any;

const commands: Record<string, (...args: any[]) => unknown> = {
  getPhones: phones,
  getDTPhones: (dynamic = phones().filter((phone) => phone.dt)) => (dynamic[0] ? dynamic : null),
  getReplacedPhones(type?: string | null, replaced: Record<string, any> = {}) {
    wanted.forEach(([, id, { n, d }]) => {
      if (!type) replaced[id] = n;
      else if ((type == "static") == !d) replaced[n] = [...new Set(replaced[n]).add(id)];
    });
    return replaced;
  },
  setDynamicalReplacement(on: boolean) {
    settings.r = on;
    show();
  },
  setUIPhoneMaskFormat(mask: string) {
    settings.m = mask;
    show();
  },
};

safe(() => {
  // A page inside of a foreign one is left alone.
  for (const name in top!.document && commands) Comagic[name] = safe(commands[name]!);
  Comagic.push(...unknown);
  hold();
  observer.observe(doc, { subtree: true, childList: true, characterData: true });
  on(doc, "click", ({ target }: { target: Element }) =>
    tell({ tc: wanted.get((target.closest("a")!.attributes as any).href)![2].n }),
  );
})();
