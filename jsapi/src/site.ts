/** Which site this is, which server it talks to, and how the site is set up. */

import { doc, safe } from "./env";
import type { Settings } from "./types";

/** Site key (or account-wide app key) as the page gave it, later as the settings name it. */
export let key = "";

/** Public address of the server with a trailing slash. */
export let base = "";

/**
 * Until the settings are known, and where the page's policy forbids asking for them, privacy signals count, and the suffix is one that
 * no cookie has.
 */
export let settings = { l: 90, n: true, x: "_" } as Settings;

export const setKey = (value: string) => (key = value);

/** Takes only `https://…`, `http://…` and `//…`; anything else leaves the server as it was. */
export const setHost = (address: string) => {
  if (/^(https?:)?\/\//.test(address)) base = new URL(address, location.href).href.replace(/\/*$/, "/");
};

export const setSettings = (value: Settings) => (key = (settings = value).k);

/** The server is where this script came from. */
export const findHost = safe(() => {
  const script = doc.currentScript || doc.querySelector('[src*="/static/cs."]');
  setHost((script as HTMLScriptElement).src.split("static/c")[0]!);
});
