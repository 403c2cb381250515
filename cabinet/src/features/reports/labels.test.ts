import { expect, test } from 'vitest';
import { flowOf } from './flow';
import { termsOf } from './hooks/useTerms';
import { codeName, dayName, hourName, rangeOf, shortDayName, weekdayName } from './labels';
import { moved } from './moved';

test('keys of time and place are said in the reader’s language', () => {
  expect(weekdayName('1', 'ru-RU')).toBe('Понедельник');
  expect(weekdayName('7', 'en-GB')).toBe('Sunday');
  expect(weekdayName('x', 'ru-RU')).toBeUndefined();
  expect(hourName('07')).toBe('07:00–07:59');
  expect(hourName('24')).toBeUndefined();
  expect(dayName('2026-03-01', 'ru-RU')).toContain('1 мар');
  expect(dayName('2026-03', 'en-GB')).toBe('March 2026');
  expect(shortDayName('2026-W10', 'en-GB')).toBe('2 Mar');
  expect(codeName('RU', 'region', 'ru-RU')).toBe('Россия');
  expect(codeName('Москва', 'region', 'ru-RU')).toBeUndefined();
});

test('ranges of days are read', () => {
  expect(rangeOf('0')).toEqual({ from: 0, to: 0 });
  expect(rangeOf('8-14')).toEqual({ from: 8, to: 14 });
  expect(rangeOf('91+')).toEqual({ from: 91, to: undefined });
  expect(rangeOf('long')).toBeUndefined();
});

test('a thing moves and the others keep their order', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
});

test('AN-3 a channel is a place of its own at every step, the deal is one', () => {
  const link = (step: number, from: string, to: string) => ({
    step,
    from,
    fromLabel: from,
    to,
    toLabel: to,
    deals: step,
  });
  const links = [link(1, 'paid', 'direct'), link(1, 'direct', '(deal)'), link(2, 'direct', '(deal)')];
  const { nodes, edges } = flowOf(links, (key) => key);
  expect(nodes.map(({ id, depth }) => `${id} ${depth}`)).toEqual([
    '1:paid 0',
    '2:direct 1',
    '1:direct 0',
    'deal 2',
  ]);
  expect(edges).toEqual([
    { from: '1:paid', to: '2:direct', value: 1 },
    { from: '1:direct', to: 'deal', value: 1 },
    { from: '2:direct', to: 'deal', value: 2 },
  ]);
});

test('IC-7 a report speaks of appointments where all its CRMs do', () => {
  const crm = (id: string, terms: 'DEALS' | 'APPOINTMENTS', inReports: boolean) => ({
    id,
    name: id,
    terms,
    funnels: [{ id: `f${id}`, name: id, inReports, stages: [] }],
  });
  const crms = [crm('1', 'APPOINTMENTS', true), crm('2', 'DEALS', false)];
  expect(termsOf(crms, undefined)).toBe('APPOINTMENTS');
  expect(termsOf(crms, ['f2'])).toBe('DEALS');
  expect(termsOf(crms, ['f1', 'f2'])).toBe('DEALS');
  expect(termsOf([], undefined)).toBe('DEALS');
});
