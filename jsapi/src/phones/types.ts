/** A number to show, as the server sends it. */
export interface Given {
  /** id of the block */ b: string;
  /** digits with country code */ n: string;
  /** ready to be written */ f: string;
  /** reserved for this visit */ d?: boolean;
}

/** Answer to cs/n; kept in the browser as it is. */
export interface Lease {
  p?: Given[];
  /** seconds for which dynamic numbers are reserved */ e?: number;
  /** seconds until the next question */ i?: number;
  /** ours: when it stops counting, unix ms */ t?: number;
}

/** A number as the page's own code sees it. */
export interface Phone {
  id: string;
  img: string | null;
  text: string | null;
  raw: string;
  dt: boolean;
}
