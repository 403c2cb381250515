import { Center, Loader } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useClient } from 'urql';
import type { CombinedError } from 'urql';
import { SessionContext } from '@/features/session/SessionContext';
import type { Session, Viewer } from '@/features/session/session';
import { StartDocument } from '@/graphql/generated/graphql';
import { showLanguage } from '@/i18n';
import { ErrorState } from '@/ui/ErrorState';
import { router } from './router';

/** Asks who is signed in, then shows the pages; keeps the session for them. */
export function Start({ reset }: { reset: () => void }) {
  const client = useClient();
  const [session, setSession] = useState<Session>();
  const [error, setError] = useState<CombinedError>();
  const [attempt, setAttempt] = useState(0);

  const isLoaded = session !== undefined;
  const viewerId = session?.viewer?.id;
  useEffect(() => {
    if (isLoaded) {
      return;
    }
    const load = async () => {
      const { data, error } = await client
        .query(StartDocument, {}, { requestPolicy: 'network-only' })
        .toPromise();
      if (data?.viewer) {
        await showLanguage(data.viewer.language);
      }
      setError(error);
      setSession(data);
    };
    void load();
  }, [client, isLoaded, attempt]);

  const setViewer = useCallback((viewer: Viewer) => {
    void showLanguage(viewer.language);
    setSession((old) => old && { instance: { ...old.instance, setupRequired: false }, viewer });
  }, []);
  const clearViewer = useCallback(() => {
    setSession((old) => old && { ...old, viewer: null });
    reset();
  }, [reset]);

  useEffect(() => {
    if (viewerId === undefined) {
      return;
    }
    window.addEventListener('skvoz:unauthenticated', clearViewer);
    return () => window.removeEventListener('skvoz:unauthenticated', clearViewer);
  }, [viewerId, clearViewer]);

  // Pages decide by the session where they may be shown: let them look again when it changed.
  useEffect(() => {
    if (isLoaded) {
      void router.invalidate();
    }
  }, [isLoaded, viewerId]);

  const control = useMemo(
    () => session && { session, setViewer, clearViewer },
    [session, setViewer, clearViewer],
  );
  if (error && !session) {
    return (
      <Center mih="100vh" component="main">
        <ErrorState error={error} onRetry={() => setAttempt((old) => old + 1)} />
      </Center>
    );
  }
  if (!control) {
    return (
      <Center mih="100vh" aria-busy="true">
        <Loader color="pine" aria-label="…" />
      </Center>
    );
  }
  return (
    <SessionContext value={control}>
      <RouterProvider router={router} context={{ session: control.session }} />
    </SessionContext>
  );
}
