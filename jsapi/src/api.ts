/** The global `Comagic`. Every method can be called before the visitor is known, and as a command of the queue. */

import { OUT_DAYS, refused, setConsent, setOut } from "./consent";
import { addOfflineRequest, addVisitorInfo } from "./contacts";
import { nothing, safe } from "./env";
import { trackEvent } from "./goals";
import { getDTPhones, getOperatorStatus, getPhones, getReplacedPhones } from "./numbers";
import { unknown } from "./part";
import { property } from "./properties";
import { key, setHost, setKey } from "./site";
import type { Command } from "./types";
import { start, view } from "./views";
import { forget, getCredentials, ids } from "./visit";

const setAccount = (account: string) => {
  // Not at once: the commands after this one may name another server.
  if (!key && setKey(account)) setTimeout(start);
};

export const api: Record<string, (...args: any[]) => unknown> = {
  setAccount,
  setCsAccount: setAccount,
  setHost,
  setCsHost: setHost,
  setConsent(given: unknown) {
    if (setConsent(given) || !ids.h) return;
    forget();
    // Waits for the consent to come back.
    view();
  },
  optOut() {
    setOut(OUT_DAYS);
    forget();
  },
  optIn() {
    if (!refused()) return;
    setOut(0);
    view();
  },
  push(...commands: Command[]) {
    commands.map(safe((command) => (api[command[0]] || (() => unknown.push(command)))(...command.slice(1))));
  },
  getVisitorId: () => ids.v,
  getSessionId: () => ids.s,
  getCredentials,
  reinitTrackView: view,
  trackEvent,
  addVisitorInfo,
  addOfflineRequest,
  setProperty: property("set"),
  hasProperty: property("has"),
  getProperty: property("get"),
  deleteProperty: property("delete"),
  getOperatorStatus,
  getPhones,
  getDTPhones,
  getReplacedPhones,
  openChatWindow: nothing,
  openSiteRequestPanel: nothing,
};

for (const name in api) api[name] = safe(api[name]!);
