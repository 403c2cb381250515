import { MantineProvider } from '@mantine/core';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { Provider } from 'urql';
import { createClient } from '@/graphql/client';
import { cssVariables, theme } from '@/ui/theme';
import { Start } from './Start';

// Nothing is announced before a page is shown: fetched after it.
const Notifications = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }));

/** The whole cabinet. */
export function App() {
  const [generation, setGeneration] = useState(0);
  // A new client per signed-in user: nothing of the last one's data stays in memory.
  const reset = useCallback(() => setGeneration((old) => old + 1), []);
  const client = useMemo(() => {
    void generation;
    return createClient(() => window.dispatchEvent(new Event('skvoz:unauthenticated')));
  }, [generation]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Suspense fallback={null}>
        {/* Cards of calls stand at the right. */}
        <Notifications position="bottom-center" />
      </Suspense>
      <Provider value={client}>
        <Start reset={reset} />
      </Provider>
    </MantineProvider>
  );
}
