import { useEffect } from 'react';

/** Asks again every so many milliseconds while the page is looked at; not at all when `every` is null. */
export function useAskAgain(ask: () => void, every: number | null): void {
  useEffect(() => {
    if (every === null) {
      return undefined;
    }
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') {
        ask();
      }
    }, every);
    return () => window.clearInterval(timer);
  }, [ask, every]);
}
