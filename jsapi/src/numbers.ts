/** Number replacement, chats and callbacks: answers of a site that has none. */

import { nothing, safe, win } from "./env";
import type { Callback } from "./types";

export const getPhones = () => [];

export const getDTPhones = () => null;

export const getReplacedPhones = () => ({});

export const getOperatorStatus = () => false;

/** "No scenario for callbacks" in the numbering of the original. */
const NO_SCENARIO = 2;

export const widget = {
  sitePhoneCall: safe((_request: unknown, done: Callback) =>
    done({ success: false, result: { status: NO_SCENARIO, code: "off" } }),
  ),
  openSitePhonePanel: nothing,
};

/** The page may look at the numbers before they are replaced, and say no. */
export const leaveHook = () => {
  win.__cs_onReplacePhones = win.__cs_onReplacePhones || (() => true);
};
