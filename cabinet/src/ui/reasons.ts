/** Reasons (`extensions.reason`) the cabinet has own words for. */
export const knownReasons = [
  'bad_address',
  'bad_contact',
  'bad_domain',
  'bad_email',
  'bad_formula',
  'bad_regexp',
  'bad_text',
  'domain_taken',
  'email_taken',
  'in_use',
  'last_owner',
  'link_used',
  'name_taken',
  'not_invited',
  'out_of_range',
  'own_user',
  'period_overlaps',
  'required',
  'role_too_high',
  'system_goal',
  'too_long',
  'too_many',
  'too_many_tokens',
  'too_short',
  'unknown_currency',
  'unknown_metric',
  'unknown_model',
  'unknown_timezone',
  'user_blocked',
  'user_invited',
  'weak_password',
  'wrong_credentials',
  'wrong_password',
] as const;

/** Whether there are words for a reason. */
export function isKnownReason(reason: string): reason is (typeof knownReasons)[number] {
  return (knownReasons as readonly string[]).includes(reason);
}
