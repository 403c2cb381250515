/** What travels between page, script and server. Key names on the wire are fixed by docs/dev/tracker-protocol.md. */

/** Ids of the current visit, as last told by the server. */
export interface Ids {
  /** visitor */ v?: number;
  /** session */ s?: number;
  /** start of the session, unix seconds */ t?: number;
  /** hit */ h?: number;
  /** nonce of that hit */ n?: string;
}

export type GoalType = "link" | "click" | "time_on_site" | "time_on_page" | "scroll" | "page";

/** A goal the script itself must notice. */
export interface Goal {
  /** id */ i: string;
  /** type */ t: GoalType;
  /** CSS selector of a click goal */ e?: string;
  /** address of the page or link */ u?: string;
  /** how `u` is compared; "contains" unless given */ m?: "exact" | "contains" | "starts" | "regexp";
  /** seconds of visible time */ s?: number;
  /** what a scroll goal waits for */ w?: string;
}

/** Settings of the site. */
export interface Settings {
  /** site key */ k: string;
  /** key of the second generation */ u?: string;
  /** suffix of the cookies' names */ x: string;
  /** lifetime of the visitor cookie, days */ l: number;
  /** one visitor for all subdomains */ d?: boolean;
  /** respect Do-Not-Track and Global Privacy Control */ n?: boolean;
  /** consent required */ c?: boolean;
  /** heartbeat, seconds; 0 = off */ b?: number;
  /** replace numbers in blocks added later too */ r?: boolean;
  /** goals */ g?: Goal[];
  /** number replacement */ p?: Replacement;
  /** mask of numbers, from the page itself and not the server */ m?: string;
}

/** A block of the site: where a number stands, and how another is written there. */
export interface Block {
  /** id */ i: string;
  /** how its places are found */ a: "id" | "class" | "name" | "selector" | "number";
  /** by what they are found */ v: string;
  /** what stands there */ t?: "text" | "image";
  /** mask, a `#` for each digit */ m?: string;
  /** text with {phone}, {country}, {city} */ w?: string;
}

export interface Replacement {
  /** file of the part that replaces, under /static/ */ f: string;
  /** blocks, in order */ b: Block[];
}

export type Params = Record<string, unknown>;

/** Any answer of the server; which fields are there depends on the call. */
export interface Answer extends Ids {
  success?: boolean;
  result?: unknown;
  refused?: string;
  k?: unknown;
}

export type Callback = (answer: any) => void;

export type Command = [name: string, ...args: unknown[]];

export interface Pushable {
  push(...commands: Command[]): unknown;
}

/** What getCredentials() gives: flat, so that it can be put into any form. */
export interface Credentials {
  site_key: string;
  visitor_id: number | undefined;
  hit_id: number | undefined;
  session_id: number | undefined;
  consultant_server_url: string;
  key: string | undefined;
  uri: string;
}

/** What the script finds in, and leaves in, the page's global scope. */
export interface PageGlobals {
  __cs?: any;
  __cs_onReplacePhones?: (phones: unknown[]) => boolean;
  Comagic?: any;
  ComagicWidget?: unknown;
}
