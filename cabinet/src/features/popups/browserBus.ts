import type { Bus, Message } from './tabs';

/** Messages to the other tabs of the browser in which the same user is signed in. */
export function browserBus(userId: string): Bus & { close: () => void } {
  const channel = new BroadcastChannel(`skvoz-calls-${userId}`);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      const take = (event: MessageEvent) => listener(event.data as Message);
      channel.addEventListener('message', take);
      return () => channel.removeEventListener('message', take);
    },
    close: () => channel.close(),
  };
}

/**
 * Calls back once this tab is the one that listens to the server for all; the returned function gives that up.
 * Where the browser has no locks (they exist on https and localhost only), every tab listens for itself.
 */
export function lead(userId: string, begin: () => void): () => void {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) {
    begin();
    return () => undefined;
  }
  const waiting = new AbortController();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  locks
    .request(`skvoz-calls-${userId}`, { signal: waiting.signal }, () => {
      begin();
      return held;
    })
    // Given up while another tab led.
    .catch(() => undefined);
  return () => {
    waiting.abort();
    release();
  };
}
