import { useSyncExternalStore } from 'react';
import { type LiveState, liveState, onLiveState } from '@/graphql/socket';

/** Whether live data flows. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(onLiveState, liveState);
}
