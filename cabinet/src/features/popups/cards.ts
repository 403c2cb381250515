import type { PopUpFieldsFragment, PopUpPhase } from '@/graphql/generated/graphql';

/** The card of a call. An employee whose phones ring together has one, whatever the number of rings. */
export interface Card {
  callId: string;
  /** What was told last of the call. */
  popUp: PopUpFieldsFragment;
  /** Phases of the rings, by their ids. */
  rings: Record<string, PopUpPhase>;
  phase: PopUpPhase;
  /** Somebody talked with the contact here. */
  wasAnswered: boolean;
  /** When the phase changed last, unix milliseconds. */
  changedAt: number;
}

/** Cards, and those a person has closed. */
export interface Cards {
  /** Newest first. */
  list: Card[];
  /** The phase each closed card had, by call. */
  closed: Record<string, PopUpPhase>;
}

/** No card yet. */
export const noCards: Cards = { list: [], closed: {} };

/** How many cards stand above one another. */
export const most = 3;

const second = 1000;
/** How long a card of a call that is over stays: longer for who talked and may want to tag it. */
const stays = { unanswered: 8 * second, answered: 45 * second };
/** A phone does not ring for longer; news of its end were missed. */
const longestRing = 180 * second;
const keptClosed = 100;

/** Takes news of a ring; the same news twice change nothing. */
export function applied(cards: Cards, popUp: PopUpFieldsFragment, now: number): Cards {
  const callId = popUp.call.id;
  const closedAs = cards.closed[callId];
  // A closed card comes back for one reason alone: the call was lost.
  if (closedAs !== undefined && (popUp.phase !== 'LOST' || closedAs === 'LOST')) {
    return cards;
  }
  const old = cards.list.find((card) => card.callId === callId);
  if (!old && popUp.phase === 'ENDED') {
    return cards;
  }
  const rings = { ...old?.rings, [popUp.id]: later(old?.rings[popUp.id], popUp.phase) };
  const phase = phaseOf(Object.values(rings));
  const card: Card = {
    callId,
    popUp: { ...popUp, phase },
    rings,
    phase,
    wasAnswered: (old?.wasAnswered ?? false) || phase === 'ANSWERED',
    changedAt: old?.phase === phase ? old.changedAt : now,
  };
  const list = old ? cards.list.map((other) => (other === old ? card : other)) : [card, ...cards.list];
  return { ...cards, list };
}

/** Takes a card away; it does not come back but for a call that is lost then. */
export function dismissed(cards: Cards, callId: string): Cards {
  const card = cards.list.find((candidate) => candidate.callId === callId);
  if (!card) {
    return cards;
  }
  const closed = Object.entries({ ...cards.closed, [callId]: card.phase }).slice(-keptClosed);
  return { list: cards.list.filter((other) => other !== card), closed: Object.fromEntries(closed) };
}

/** Takes away what is over for long enough. */
export function expired(cards: Cards, now: number): Cards {
  const list = cards.list.filter(({ phase, wasAnswered, changedAt }) => {
    const age = now - changedAt;
    switch (phase) {
      case 'RINGING':
        return age < longestRing;
      case 'ENDED':
        return age < (wasAnswered ? stays.answered : stays.unanswered);
      default:
        return true;
    }
  });
  return list.length === cards.list.length ? cards : { ...cards, list };
}

const order: Record<PopUpPhase, number> = { RINGING: 0, ANSWERED: 1, ENDED: 2, LOST: 3 };

/** News may come twice and, from two tabs, out of turn: a ring goes forward only. */
function later(old: PopUpPhase | undefined, next: PopUpPhase): PopUpPhase {
  return old !== undefined && order[old] > order[next] ? old : next;
}

/** What stands for a call with these rings. */
function phaseOf(phases: PopUpPhase[]): PopUpPhase {
  const first = (['LOST', 'ANSWERED', 'RINGING'] as const).find((phase) => phases.includes(phase));
  return first ?? 'ENDED';
}
