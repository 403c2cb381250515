import { beforeEach, expect, test } from 'vitest';
import type { PopUpFieldsFragment } from '@/graphql/generated/graphql';
import { noCards } from './cards';
import { type Bus, type Message, Tab } from './tabs';

const popUp = { id: '1:a', phase: 'RINGING', call: { id: '1' } } as PopUpFieldsFragment;

let listeners: Map<string, (message: Message) => void>;
let timers: (() => void)[];
beforeEach(() => {
  listeners = new Map();
  timers = [];
});

function open(id: string) {
  const bus: Bus = {
    post: (message) => [...listeners].forEach(([other, take]) => other !== id && take(message)),
    listen: (listener) => {
      listeners.set(id, listener);
      return () => listeners.delete(id);
    },
  };
  const seen = { news: 0, closed: [] as string[], isFront: true };
  const tab = new Tab(
    { id, bus, later: (run) => timers.push(run) },
    {
      onNews: () => seen.news++,
      onClosed: (callId) => seen.closed.push(callId),
      onCards: () => undefined,
      onFront: (isFront) => (seen.isFront = isFront),
      cards: () => noCards,
    },
  );
  return { tab, seen };
}

test('every tab gets the news, the one looked at last shows them', () => {
  const [first, second] = [open('a'), open('b')];
  second.tab.focus();
  first.tab.tell(popUp);
  timers.forEach((run) => run());
  expect([first.seen, second.seen]).toMatchObject([
    { news: 1, isFront: false },
    { news: 1, isFront: true },
  ]);
});

test('a card closed in one tab is closed in all', () => {
  const [first, second] = [open('a'), open('b')];
  first.tab.close('1');
  expect(second.seen.closed).toEqual(['1']);
});

test('when the tab in front is closed, the others show cards', () => {
  const [first, second] = [open('a'), open('b')];
  second.tab.focus();
  second.tab.leave();
  expect(first.seen.isFront).toBe(true);
});

test('a card is never missed: when the tab in front keeps silent, the others show it', () => {
  const [first, second] = [open('a'), open('b')];
  second.tab.focus();
  listeners.delete('b');
  first.tab.tell(popUp);
  expect(first.seen.isFront).toBe(false);
  timers.forEach((run) => run());
  expect(first.seen.isFront).toBe(true);
});

test('a tab that is opened learns which one is in front', () => {
  const first = open('a');
  first.tab.focus();
  // Told while it says hello.
  expect(open('b').tab.isFront).toBe(false);
});
