import { useMemo, useState } from 'react';
import {
  edited,
  fieldsOf,
  type Integration,
  setSecrets,
  storedValues,
  type Value,
  type Values,
} from '../settings';

/** The settings of an integration with what a person changed and has not saved. */
export function useEdits(integration: Integration) {
  const [edits, setEdits] = useState<Values>({});
  const stored = useMemo(() => storedValues(integration), [integration]);
  const fields = useMemo(() => fieldsOf(integration.driver.sections), [integration]);
  const secrets = useMemo(() => setSecrets(integration), [integration]);
  const values = useMemo(() => ({ ...stored, ...edits }), [stored, edits]);
  return {
    edits,
    values,
    fields,
    secrets,
    isDirty: Object.keys(edits).length > 0,
    change: (key: string, value: Value) => setEdits((old) => edited(old, stored, fields, key, value)),
    /** Forgets edits: all, or those that were saved and have not been changed since. */
    forget: (saved?: Values) =>
      setEdits((old) =>
        saved === undefined
          ? {}
          : Object.fromEntries(Object.entries(old).filter(([key, value]) => saved[key] !== value)),
      ),
  };
}

/** What `useEdits` returns. */
export type Edits = ReturnType<typeof useEdits>;
