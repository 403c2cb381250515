import { useMemo } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { IntegrationOptionsDocument } from '@/graphql/generated/graphql';
import { awaited, editsOf, type Field, type Integration, type Option, settingInputs } from '../settings';
import type { Edits } from './useEdits';

/** The choices of a setting as far as they are known. */
export interface Choices {
  options: Option[];
  isLoading: boolean;
  error: CombinedError | undefined;
  /** Settings that are to be chosen first. */
  awaited: Field[];
  retry: () => void;
}

/** The choices of a setting: fixed ones, or the system's for the settings being edited. */
export function useChoices(integration: Integration, field: Field, edits: Edits): Choices {
  const first = awaited(field, edits.fields, edits.values);
  const dependsOn = edits.fields.filter(({ key }) => field.dependsOn.includes(key));
  const key = JSON.stringify(settingInputs(editsOf(edits.edits, dependsOn), dependsOn));
  const variables = useMemo(
    () => ({ id: integration.id, key: field.key, settings: JSON.parse(key) as [] }),
    [integration.id, field.key, key],
  );
  const pause = !field.hasRemoteOptions || first.length > 0;
  const [{ data, error, operation }, ask] = useQuery({
    query: IntegrationOptionsDocument,
    variables,
    pause,
  });
  // Choices of other settings are not those of these.
  const isOfNow =
    operation?.variables.key === field.key && JSON.stringify(operation.variables.settings) === key;
  const remote = isOfNow && !pause ? data?.integrationOptions : undefined;
  return {
    options: field.hasRemoteOptions ? (remote ?? []) : field.options,
    isLoading: !pause && remote === undefined && !(isOfNow && error),
    error: isOfNow && !pause ? error : undefined,
    awaited: first,
    retry: () => ask({ requestPolicy: 'network-only' }),
  };
}
