import { CombinedError } from 'urql';
import { expect, test } from 'vitest';
import { problemOf } from './problem';

test('the first GraphQL error counts, with its field as forms name it', () => {
  const error = new CombinedError({
    graphQLErrors: [
      { message: 'taken', extensions: { code: 'CONFLICT', field: 'input.email', reason: 'email_taken' } },
    ],
  });
  expect(problemOf(error)).toMatchObject({ code: 'CONFLICT', field: 'email', reason: 'email_taken' });
});

test('an unreachable server is no fault of the server', () => {
  expect(problemOf(new CombinedError({ networkError: new Error('fetch failed') })).code).toBe('NETWORK');
});

test('unknown codes are internal errors', () => {
  const error = new CombinedError({ graphQLErrors: [{ message: 'x', extensions: { code: 'TEAPOT' } }] });
  expect(problemOf(error).code).toBe('INTERNAL');
});
