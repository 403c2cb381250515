import { expect, test } from 'vitest';
import type { PopUpFieldsFragment, PopUpPhase } from '@/graphql/generated/graphql';
import { applied, type Cards, dismissed, expired, noCards } from './cards';

const news = (ring: string, phase: PopUpPhase, callId = '1') =>
  ({ id: `${callId}:${ring}`, phase, call: { id: callId } }) as PopUpFieldsFragment;
const after = (...all: PopUpFieldsFragment[]): Cards =>
  all.reduce((cards, popUp, index) => applied(cards, popUp, index * 1000), noCards);
const phases = (cards: Cards) => cards.list.map(({ callId, phase }) => `${callId} ${phase}`);

test('the phones of an employee that ring together make one card', () => {
  expect(phases(after(news('a', 'RINGING'), news('b', 'RINGING')))).toEqual(['1 RINGING']);
  const answered = after(
    news('a', 'RINGING'),
    news('b', 'RINGING'),
    news('b', 'ANSWERED'),
    news('a', 'ENDED'),
  );
  expect(phases(answered)).toEqual(['1 ANSWERED']);
});

test('the same news twice, or late ones, change nothing', () => {
  const cards = after(news('a', 'RINGING'), news('a', 'ANSWERED'), news('a', 'RINGING'));
  expect(phases(cards)).toEqual(['1 ANSWERED']);
  expect(cards.list[0]?.changedAt).toBe(1000);
});

test('RC-3 a lost call takes the place of its rings', () => {
  const cards = after(news('a', 'RINGING'), news('a', 'ENDED'), news('lost', 'LOST'));
  expect(phases(cards)).toEqual(['1 LOST']);
});

test('news of the end alone show nothing', () => {
  expect(after(news('a', 'ENDED')).list).toEqual([]);
});

test('the newest card comes first', () => {
  expect(phases(after(news('a', 'RINGING', '1'), news('a', 'RINGING', '2')))).toEqual([
    '2 RINGING',
    '1 RINGING',
  ]);
});

test('a closed card comes back for a lost call alone, and that once', () => {
  const closed = dismissed(after(news('a', 'RINGING')), '1');
  expect(applied(closed, news('a', 'ANSWERED'), 0).list).toEqual([]);
  const lost = applied(closed, news('lost', 'LOST'), 0);
  expect(phases(lost)).toEqual(['1 LOST']);
  expect(applied(dismissed(lost, '1'), news('lost', 'LOST'), 0).list).toEqual([]);
});

test('cards of calls that are over go by themselves, those of lost calls stay', () => {
  const over = after(news('a', 'RINGING'), news('a', 'ENDED'));
  expect(expired(over, 8000).list).toHaveLength(1);
  expect(expired(over, 9000).list).toEqual([]);
  const talked = after(news('a', 'RINGING'), news('a', 'ANSWERED'), news('a', 'ENDED'));
  expect(expired(talked, 40_000).list).toHaveLength(1);
  expect(expired(after(news('lost', 'LOST')), 1e9).list).toHaveLength(1);
  expect(expired(after(news('a', 'RINGING')), 180_000).list).toEqual([]);
});
