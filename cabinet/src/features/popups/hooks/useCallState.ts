import { useEffect } from 'react';
import { useQuery } from 'urql';
import { type CallState, PopUpCallDocument } from '@/graphql/generated/graphql';

/** How often a call in which one talks is read anew, in milliseconds: it may be held at the phone, too. */
const renewEvery = 4000;

/** Where a call stands while it is followed; news of rings do not tell of holds. */
export function useCallState(id: string, told: CallState, isFollowed: boolean): CallState {
  const [{ data }, renew] = useQuery({
    query: PopUpCallDocument,
    variables: { id },
    pause: !isFollowed,
    requestPolicy: 'network-only',
  });
  useEffect(() => {
    if (!isFollowed) {
      return;
    }
    const timer = window.setInterval(() => renew({ requestPolicy: 'network-only' }), renewEvery);
    return () => window.clearInterval(timer);
  }, [isFollowed, renew]);
  return isFollowed && data?.call.id === id ? data.call.state : told;
}
