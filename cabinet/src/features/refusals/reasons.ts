/** Reasons the cabinet has words for; others are shown as their code. */
export const refusalReasons = [
  'bad_request',
  'bad_triple',
  'bot_ua',
  'bot_webdriver',
  'do_not_track',
  'ip_ignored',
  'nothing_filled',
  'overloaded',
  'prefetch',
  'rate_limited',
  'site_deleted',
  'site_unknown',
  'too_large',
  'ua_length',
  'ua_missing',
] as const;

/** Whether there are words for a reason. */
export function isRefusalReason(reason: string): reason is (typeof refusalReasons)[number] {
  return (refusalReasons as readonly string[]).includes(reason);
}
