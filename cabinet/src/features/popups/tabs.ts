import type { PopUpFieldsFragment } from '@/graphql/generated/graphql';
import type { Cards } from './cards';

/** What tabs of one browser tell each other. */
export type Message =
  | { type: 'news'; popUp: PopUpFieldsFragment }
  /** The tab in front has news on its screen. */
  | { type: 'shown'; ring: string }
  | { type: 'closed'; callId: string }
  /** This tab is looked at now. */
  | { type: 'front'; tab: string }
  | { type: 'gone'; tab: string }
  /** A tab has been opened and asks for the cards. */
  | { type: 'hello' }
  | { type: 'cards'; cards: Cards };

/** Carries messages to the other tabs. */
export interface Bus {
  post: (message: Message) => void;
  listen: (listener: (message: Message) => void) => () => void;
}

/** What a tab does with what it learns. */
export interface TabEvents {
  onNews: (popUp: PopUpFieldsFragment) => void;
  onClosed: (callId: string) => void;
  onCards: (cards: Cards) => void;
  /** Whether this tab is to show cards. */
  onFront: (isFront: boolean) => void;
  cards: () => Cards;
}

/** What a tab runs on; tests bring their own. */
export interface TabOptions {
  id: string;
  bus: Bus;
  /** Calls back after the milliseconds. */
  later: (run: () => void, milliseconds: number) => void;
}

/** How long the tab in front has to say that a card is on its screen. */
export const answersWithin = 700;

/**
 * One of a browser's tabs. All know all cards, the one that was looked at last shows them.
 * When that one keeps silent (it was killed, say), every other shows them: rather twice than never.
 */
export class Tab {
  #front: string | null = null;
  readonly #shown = new Set<string>();
  readonly #leave: () => void;
  readonly #options: TabOptions;
  readonly #events: TabEvents;

  constructor(options: TabOptions, events: TabEvents) {
    this.#options = options;
    this.#events = events;
    this.#leave = options.bus.listen((message) => this.#take(message));
    options.bus.post({ type: 'hello' });
  }

  /** Whether this tab shows cards. */
  get isFront(): boolean {
    return this.#front === null || this.#front === this.#options.id;
  }

  /** Says that this tab is looked at. */
  focus(): void {
    this.#setFront(this.#options.id);
    this.#options.bus.post({ type: 'front', tab: this.#options.id });
  }

  /** Tells every tab of news this one got from the server. */
  tell(popUp: PopUpFieldsFragment): void {
    this.#options.bus.post({ type: 'news', popUp });
    this.#news(popUp);
  }

  /** Tells every tab that a person closed a card. */
  close(callId: string): void {
    this.#options.bus.post({ type: 'closed', callId });
  }

  /** Ends the tab. */
  leave(): void {
    this.#options.bus.post({ type: 'gone', tab: this.#options.id });
    this.#leave();
  }

  #take(message: Message): void {
    switch (message.type) {
      case 'news':
        return this.#news(message.popUp);
      case 'shown':
        this.#shown.add(message.ring);
        return;
      case 'closed':
        return this.#events.onClosed(message.callId);
      case 'front':
        return this.#setFront(message.tab);
      case 'gone':
        return message.tab === this.#front ? this.#setFront(null) : undefined;
      case 'hello':
        return this.#greet();
      case 'cards':
        return this.#events.onCards(message.cards);
    }
  }

  #news(popUp: PopUpFieldsFragment): void {
    this.#events.onNews(popUp);
    const ring = `${popUp.id} ${popUp.phase}`;
    if (this.#front === this.#options.id) {
      this.#options.bus.post({ type: 'shown', ring });
    } else if (this.#front !== null) {
      this.#options.later(() => {
        if (!this.#shown.delete(ring)) {
          this.#setFront(null);
        }
      }, answersWithin);
    }
  }

  #greet(): void {
    const cards = this.#events.cards();
    if (cards.list.length > 0) {
      this.#options.bus.post({ type: 'cards', cards });
    }
    if (this.#front === this.#options.id) {
      this.#options.bus.post({ type: 'front', tab: this.#options.id });
    }
  }

  #setFront(tab: string | null): void {
    this.#front = tab;
    this.#events.onFront(this.isFront);
  }
}
