import { createContext } from 'react';
import type { Session, Viewer } from './session';

/** The session and the ways to change it. */
export interface SessionControl {
  session: Session;
  /** Somebody signed in, or changed their own data. */
  setViewer: (viewer: Viewer) => void;
  /** Nobody is signed in any more; cached data is dropped. */
  clearViewer: () => void;
}

/** Provided by the app around every page. */
export const SessionContext = createContext<SessionControl | null>(null);
