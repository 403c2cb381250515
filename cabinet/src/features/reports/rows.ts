/** A figure; null where it is not defined (a quotient by zero). */
export type Figure = number | null;

/** A row of a report's table, as the scalar `ReportRows` carries it. */
export interface ReportRow {
  /** Tells the row from its sisters; empty for the row of facts about which nothing is known. */
  key: string;
  label: string;
  expandable: boolean;
  values: Figure[];
  /** The values of the period compared with; null without one. */
  compared: Figure[] | null;
}

/** Rows of one level. */
export type ReportRows = ReportRow[];
