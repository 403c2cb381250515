import type { Viewer } from '../session';
import { useSession } from './useSession';

/** The signed-in user; only for pages that need one. */
export function useViewer(): Viewer {
  const { session } = useSession();
  if (!session.viewer) {
    throw new Error('a page for signed-in users is shown to nobody');
  }
  return session.viewer;
}
