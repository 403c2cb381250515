import { use } from 'react';
import { SessionContext, type SessionControl } from '../SessionContext';

/** The session and the ways to change it. */
export function useSession(): SessionControl {
  const control = use(SessionContext);
  if (!control) {
    throw new Error('useSession is used outside the app');
  }
  return control;
}
