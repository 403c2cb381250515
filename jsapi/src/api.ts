/** The global `Comagic`. Every method can be called before the visitor is known, and as a command of the queue. */

import { refused, setConsent, setOut } from "./consent";
import { addOfflineRequest, addVisitorInfo } from "./contacts";
import { nothing, safe, sleep } from "./env";
import { trackEvent } from "./goals";
import { getDTPhones, getOperatorStatus, getPhones, getReplacedPhones } from "./numbers";
import { property } from "./properties";
import { key, setHost, setKey } from "./site";
import type { Command } from "./types";
import { start, view } from "./views";
import { forget, getCredentials, ids } from "./visit";

const setAccount = (account: string) => {
  // Not at once: the commands after this one may name another server.
  if (!key && setKey(account)) sleep(0).then(start);
};

export const api: Record<string, (...args: any[]) => unknown> = {
  setAccount,
  setCsAccount: setAccount,
  setHost,
  setCsHost: setHost,
  setConsent(given: unknown) {
    setConsent(given);
    if (given || !ids.h) return;
    forget();
    // Waits for the consent to come back.
    view();
  },
  optOut() {
    setOut(true);
    forget();
  },
  optIn() {
    if (!refused()) return;
    setOut(false);
    view();
  },
  push(...commands: Command[]) {
    commands.map(safe(([name, ...args]) => api[name]!(...args)));
  },
  getVisitorId: () => ids.v,
  getSessionId: () => ids.s,
  getCredentials,
  trackEvent,
  reinitTrackView: view,
  addVisitorInfo,
  addOfflineRequest,
  setProperty: property("set"),
  hasProperty: property("has"),
  getProperty: property("get"),
  deleteProperty: property("delete"),
  getPhones,
  getDTPhones,
  getReplacedPhones,
  getOperatorStatus,
  openChatWindow: nothing,
  openSiteRequestPanel: nothing,
};

for (const name in api) api[name] = safe(api[name]!);
