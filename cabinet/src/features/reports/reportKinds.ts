import type { ReportKind } from '@/graphql/generated/graphql';

/** The reports as they stand in addresses. */
export const reportSlugs = ['end-to-end', 'summary', 'deals', 'associated', 'models'] as const;

/** See `reportSlugs`. */
export type ReportSlug = (typeof reportSlugs)[number];

/** What a report is called in addresses. */
export const slugOf: Record<ReportKind, ReportSlug> = {
  END_TO_END: 'end-to-end',
  SUMMARY: 'summary',
  DEALS: 'deals',
  ASSOCIATED: 'associated',
  MODELS: 'models',
};

/** The page of a report. */
export function pageOf(kind: ReportKind) {
  return `/reports/${slugOf[kind]}` as const;
}
