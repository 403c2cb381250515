import { useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import { UpdateIntegrationDocument } from '@/graphql/generated/graphql';
import { type Integration, settingInputs } from '../settings';
import type { Edits } from './useEdits';

/** Saves what was edited. */
export function useSave(integration: Integration, edits: Edits) {
  const [, update] = useMutation(UpdateIntegrationDocument);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const save = async (): Promise<boolean> => {
    setError(undefined);
    if (!edits.isDirty) {
      return true;
    }
    setPending(true);
    const saved = edits.edits;
    const answer = await update({
      input: { id: integration.id, settings: settingInputs(saved, edits.fields) },
    });
    setPending(false);
    if (answer.error) {
      setError(answer.error);
      return false;
    }
    edits.forget(saved);
    return true;
  };
  return { save, pending, error };
}
