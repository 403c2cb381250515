import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useCallback, useMemo, useState } from 'react';
import { Provider } from 'urql';
import { createClient } from '@/graphql/client';
import { cssVariables, theme } from '@/ui/theme';
import { Start } from './Start';

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
      <Notifications position="bottom-right" />
      <Provider value={client}>
        <Start reset={reset} />
      </Provider>
    </MantineProvider>
  );
}
