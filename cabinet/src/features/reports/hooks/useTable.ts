import { createContext, use } from 'react';
import type { PathUnit, ReportInput, ReportQuery } from '@/graphql/generated/graphql';
import type { Figure } from '../rows';
import type { Difference } from '../state';

/** One level of a report as the server answers it. */
export type TableData = ReportQuery['report'];

/** A column as the server describes it. */
export type Column = TableData['columns'][number];

/** A figure whose rows are asked for. */
export interface DrillTarget {
  /** The question behind the table. */
  input: ReportInput;
  /** Keys of the row and its parents; empty for the totals. */
  path: string[];
  /** Words of the row and its parents. */
  labels: string[];
  column: Column;
  index: number;
  value: Figure;
  /** Which deals of the paths report; absent for rows of a table. */
  deals?: PathDeals;
}

/** Deals chosen by their paths: by the steps, by the number of visits or by the days from the first of them. */
export interface PathDeals {
  unit: PathUnit;
  steps?: string[];
  lengthFrom?: number;
  lengthTo?: number | null;
  lagFrom?: number;
  lagTo?: number | null;
}

/** What figures are set beside. */
export type Reference =
  /** Those of the period compared with, if any. */
  | { kind: 'period' }
  /** Those of the same metric under another model. */
  | { kind: 'model'; model: string; difference: Difference };

/** What the parts of a table share. */
export interface TableValue {
  input: ReportInput;
  columns: Column[];
  reference: Reference;
  onDrill: (target: Omit<DrillTarget, 'input'>) => void;
}

/** See `useTable`. */
export const TableContext = createContext<TableValue | null>(null);

/** The table around a part. */
export function useTable(): TableValue {
  const value = use(TableContext);
  if (!value) {
    throw new Error('useTable is used outside a report table');
  }
  return value;
}
