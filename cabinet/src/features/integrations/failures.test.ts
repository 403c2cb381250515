import { GraphQLError } from 'graphql';
import { CombinedError } from 'urql';
import { expect, test } from 'vitest';
import { failureOf } from './failures';

const error = (message: string, extensions: Record<string, unknown>) =>
  new CombinedError({ graphQLErrors: [new GraphQLError(message, { extensions })] });

test('CA-2 an error of the system is told as such, with its own words', () => {
  const refused = error('the system refused or failed: bad_key: token revoked', {
    code: 'CONFLICT',
    reason: 'bad_key',
    field: 'token',
  });
  expect(failureOf(refused)).toEqual({ kind: 'BAD_KEY', detail: 'token revoked', field: 'token' });
  const down = error('the system refused or failed: unavailable', {
    code: 'UNAVAILABLE',
    reason: 'unavailable',
  });
  expect(failureOf(down)).toEqual({ kind: 'UNAVAILABLE', detail: '', field: '' });
});

test('CA-2 an error of ours is not', () => {
  expect(failureOf(error('no such thing', { code: 'NOT_FOUND', reason: 'not_found' }))).toBeUndefined();
  expect(failureOf(error('x', { code: 'BAD_USER_INPUT', reason: 'bad_address' }))).toBeUndefined();
  expect(failureOf(error('x', { code: 'CONFLICT', reason: 'not_active' }))).toBeUndefined();
  expect(failureOf(new CombinedError({ networkError: new Error('off') }))).toBeUndefined();
});
