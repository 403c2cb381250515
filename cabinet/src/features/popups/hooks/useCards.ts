import { useCallback, useEffect, useRef, useState } from 'react';
import { useViewer } from '@/features/session/hooks/useViewer';
import type { PopUpFieldsFragment } from '@/graphql/generated/graphql';
import { browserBus, lead } from '../browserBus';
import { applied, type Cards, dismissed, expired, noCards } from '../cards';
import { Tab } from '../tabs';
import { useNews } from './useNews';

const tick = 1000;

/** The cards of calls, shared by the tabs of the browser; `isFront` says whether this tab shows them. */
export function useCards(isOn: boolean, onNews: (popUp: PopUpFieldsFragment) => void) {
  const { id: userId } = useViewer();
  const [cards, setCards] = useState<Cards>(noCards);
  const [isFront, setFront] = useState(true);
  const [leads, setLeads] = useState(false);
  const tab = useRef<Tab>(undefined);
  const latest = useRef({ cards, onNews });
  useEffect(() => {
    latest.current = { cards, onNews };
  });

  useEffect(() => {
    if (!isOn) {
      return;
    }
    const bus = browserBus(userId);
    const mine = new Tab(
      {
        id: crypto.getRandomValues(new Uint32Array(2)).join('-'),
        bus,
        later: (run, ms) => window.setTimeout(run, ms),
      },
      {
        onNews: (popUp) => {
          setCards((old) => applied(old, popUp, Date.now()));
          latest.current.onNews(popUp);
        },
        onClosed: (callId) => setCards((old) => dismissed(old, callId)),
        onCards: (shared) => setCards((old) => (old.list.length === 0 ? shared : old)),
        onFront: setFront,
        cards: () => latest.current.cards,
      },
    );
    tab.current = mine;
    const look = () => {
      if (document.visibilityState === 'visible' && document.hasFocus()) {
        mine.focus();
      }
    };
    const leave = () => mine.leave();
    // A page the browser keeps may come back; its silence is noticed meanwhile.
    const hide = (event: PageTransitionEvent) => !event.persisted && leave();
    look();
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pagehide', hide);
    const resign = lead(userId, () => setLeads(true));
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('pagehide', hide);
      leave();
      resign();
      setLeads(false);
      bus.close();
    };
  }, [isOn, userId]);

  const isEmpty = cards.list.length === 0;
  useEffect(() => {
    if (isEmpty) {
      return;
    }
    const timer = window.setInterval(() => setCards((old) => expired(old, Date.now())), tick);
    return () => window.clearInterval(timer);
  }, [isEmpty]);

  useNews(isOn && leads, (popUp) => tab.current?.tell(popUp));
  const close = useCallback((callId: string) => {
    setCards((old) => dismissed(old, callId));
    tab.current?.close(callId);
  }, []);
  return { cards: cards.list, isFront, close };
}
