/** Reasons of problems the cabinet has words for; others come with the server's own. */
export const knownProblems = [
  'bad_amount',
  'bad_date',
  'bad_number',
  'campaign_ambiguous',
  'campaign_unknown',
  'column_missing',
  'column_twice',
  'duplicate',
  'empty',
  'lines_overlap',
  'more_problems',
  'no_lines',
  'out_of_range',
  'period_overlaps',
  'required',
  'site_unknown',
  'too_many_lines',
] as const;

/** Whether there are words for a reason. */
export function isKnownProblem(reason: string): reason is (typeof knownProblems)[number] {
  return (knownProblems as readonly string[]).includes(reason);
}
