import type { CombinedError } from 'urql';
import { problemOf } from '@/graphql/problem';
import type { IntegrationFailureFieldsFragment, IntegrationFailureKind } from '@/graphql/generated/graphql';

/** Why a system did not do what was asked. */
export type Failure = IntegrationFailureFieldsFragment;

/** Every kind of failure. */
export const failureKinds = [
  'BAD_ADDRESS',
  'BAD_KEY',
  'MISSING_RIGHT',
  'TIMEOUT',
  'RATE_LIMITED',
  'BANNED',
  'UNAVAILABLE',
  'UNPAID',
  'REJECTED',
  'NOT_FOUND',
  'BAD_ANSWER',
  'SETTINGS',
  'INTERNAL',
] as const satisfies IntegrationFailureKind[];

/** The failure of a system behind an error of the API; undefined when the error is about something else. */
export function failureOf(error: CombinedError): Failure | undefined {
  const { code, reason, field, message } = problemOf(error);
  if (code !== 'CONFLICT' && code !== 'UNAVAILABLE') {
    return undefined;
  }
  const kind = failureKinds.find((known) => known.toLowerCase() === reason);
  if (kind === undefined) {
    return undefined;
  }
  // Before the system's own words the message has ours: "the system refused or failed: bad_key: invalid token".
  const at = message.indexOf(`${reason}: `);
  const detail = at < 0 ? '' : message.slice(at + `${reason}: `.length);
  return { kind, detail, field: field ?? '' };
}

/** Failures that need a new key or address before anything goes on. */
export function needsConnecting({ kind }: Pick<Failure, 'kind'>): boolean {
  return kind === 'BAD_KEY' || kind === 'BAD_ADDRESS' || kind === 'MISSING_RIGHT';
}
