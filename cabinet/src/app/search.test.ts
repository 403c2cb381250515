import { describe, expect, test } from 'vitest';
import { communicationVariables, readCommunicationFilters } from '@/features/communications/filters';
import { grantableRoles, hasRole, safeNext } from '@/features/session/session';
import { readVisitorFilters, visitorVariables } from '@/features/visitors/filters';
import { parseSearch, stringifySearch } from './search';

describe('filters and the address', () => {
  test('filters survive the way through the address', () => {
    const filters = readVisitorFilters({
      site: '10',
      from: '2026-03-01',
      to: '2026-03-31',
      contacts: 'yes',
      q: 'Мария & Co',
      channels: ['PAID', 'ORGANIC'],
      campaign: '40',
      sort: 'first',
      dir: 'asc',
    });
    const text = stringifySearch({ ...filters });
    expect(readVisitorFilters(parseSearch(text))).toEqual(filters);
    expect(text).toContain('channels=ORGANIC,PAID');
  });

  test('no filter leaves a clean address', () => {
    expect(stringifySearch({ ...readVisitorFilters({}) })).toBe('');
  });

  test('whatever makes no sense is passed over', () => {
    const raw = { from: '2026-02-31', contacts: 'maybe', channels: 'NOPE,PAID', sort: 'x', site: 5, q: ' ' };
    expect(readVisitorFilters(raw)).toEqual({ channels: ['PAID'] });
    expect(readCommunicationFilters({ kinds: 'FAX', dir: 'up' })).toEqual({});
  });

  test('days are those of the account, the last one included', () => {
    const { filter } = visitorVariables({ from: '2026-03-01', to: '2026-03-01' }, 'Europe/Moscow');
    expect(filter).toEqual({ seenFrom: '2026-02-28T21:00:00.000Z', seenTo: '2026-03-01T21:00:00.000Z' });
  });

  test('a search too short for the server is not sent', () => {
    expect(visitorVariables({ q: 'ab' }, 'UTC').filter).toEqual({});
    expect(communicationVariables({ q: ' abc ' }, 'UTC').filter).toEqual({ search: 'abc' });
  });
});

describe('the page after sign-in', () => {
  test.each([
    ['/visitors?site=10', '/visitors?site=10'],
    [undefined, '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['/sign-in?next=/', '/'],
  ])('%s leads to %s', (next, want) => {
    expect(safeNext(next)).toBe(want);
  });
});

test('roles include those below', () => {
  expect(hasRole('ADMIN', 'ANALYST')).toBe(true);
  expect(hasRole('OPERATOR', 'ANALYST')).toBe(false);
  expect(grantableRoles('ANALYST')).toEqual(['ANALYST', 'OPERATOR']);
});
