/** First-party cookies. All of it works, without effect, where the browser blocks cookies. */

import { doc, safe } from "./env";
import { settings } from "./site";

const TEST = "_cmg_d";

/** Scope of cookies on the registrable domain, once it is found; "" keeps them on the host. */
let widest = "";

const put = safe((name: string, value: unknown, seconds: number, scope: string) => {
  doc.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax${location.protocol == "https:" ? ";secure" : ""}${scope}`;
});

/** Value of a cookie, "" when there is none. */
export const read = (name: string) => safe(() => ("; " + doc.cookie).split(`; ${name}=`)[1]!.split(";")[0])() || "";

/** Keeps a value for so many days; 0 removes it. A narrower cookie of the same name would hide the wide one, so it goes. */
export const write = (name: string, value: unknown, days = settings.l) => {
  // The registrable domain is the widest one for which the browser takes a cookie.
  if (settings.d && !widest)
    for (let domain = location.hostname; domain; domain = domain.replace(/[^.]*./, "")) {
      const scope = `;domain=${domain}`;
      put(TEST, 1, 9, scope);
      if (!read(TEST)) break;
      put(TEST, 1, 0, scope);
      widest = scope;
    }
  if (widest) put(name, "", 0, "");
  put(name, value, days * 86400, widest);
};
