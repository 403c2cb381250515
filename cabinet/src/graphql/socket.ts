import type { Client as Socket } from 'graphql-ws';
import type { SubscriptionForwarder } from 'urql';

/** Whether live data flows: not asked for yet, being connected, connected, or lost and tried again. */
export type LiveState = 'idle' | 'connecting' | 'connected' | 'lost';

let state: LiveState = 'idle';
const listeners = new Set<() => void>();
let socket: Promise<Socket> | undefined;

/** The state now; for `useSyncExternalStore`. */
export function liveState(): LiveState {
  return state;
}

/** Calls back on every change of the state until the returned function is called. */
export function onLiveState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Carries subscriptions over one WebSocket, which is opened for the first and closed after the last. */
export function subscribe(path: string): SubscriptionForwarder {
  return (request) => ({
    subscribe(sink) {
      let stop: (() => void) | undefined;
      let stopped = false;
      socket ??= open(path);
      void socket.then(
        (client) => {
          if (!stopped) {
            const { query = '', variables } = request;
            stop = client.subscribe({ query, variables: variables as Record<string, unknown> }, sink);
          }
        },
        (error: unknown) => {
          socket = undefined;
          sink.error(error);
        },
      );
      return {
        unsubscribe() {
          stopped = true;
          stop?.();
        },
      };
    },
  });
}

async function open(path: string): Promise<Socket> {
  const { createClient } = await import('graphql-ws');
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let lost = false;
  return createClient({
    url: url.href,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    on: {
      connecting: () => change(lost ? 'lost' : 'connecting'),
      connected: () => {
        lost = false;
        change('connected');
      },
      closed: (event) => {
        lost = (event as { code?: number }).code !== 1000;
        change(lost ? 'lost' : 'idle');
      },
    },
  });
}

function change(next: LiveState): void {
  state = next;
  listeners.forEach((listener) => {
    listener();
  });
}
