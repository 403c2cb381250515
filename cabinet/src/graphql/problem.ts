import type { CombinedError } from 'urql';

/** Codes of the server's errors, and NETWORK when it could not be reached. */
export const problemCodes = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
  'NETWORK',
] as const;

/** See `problemCodes`. */
export type ProblemCode = (typeof problemCodes)[number];

/** What went wrong, as far as a person or a form needs to know. */
export interface Problem {
  code: ProblemCode;
  /** Input field the error is about, without the leading `input.`. */
  field?: string | undefined;
  /** Machine word that says more than the code: `email_taken`. */
  reason?: string | undefined;
  /** When to try again, for RATE_LIMITED and UNAVAILABLE. */
  retryAfterSeconds?: number | undefined;
  /** Finds the failure in the server's log. */
  requestId?: string | undefined;
  /** The server's own words, in English. */
  message: string;
}

/** Reads an error of urql: the first GraphQL error, else the network's. */
export function problemOf(error: CombinedError): Problem {
  const first = error.graphQLErrors[0];
  if (!first) {
    return { code: 'NETWORK', message: error.networkError?.message ?? error.message };
  }
  const extensions = first.extensions;
  return {
    // Ids come from addresses and links, never from what a person typed into a form.
    code: extensions.reason === 'bad_id' ? 'NOT_FOUND' : knownCode(extensions.code),
    field: text(extensions.field)?.replace(/^input\./, ''),
    reason: text(extensions.reason),
    retryAfterSeconds: number(extensions.retryAfterSeconds),
    requestId: text(extensions.requestId),
    message: first.message,
  };
}

function knownCode(code: unknown): ProblemCode {
  return problemCodes.find((known) => known === code) ?? 'INTERNAL';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
