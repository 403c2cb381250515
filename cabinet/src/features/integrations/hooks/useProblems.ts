import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { IntegrationProblemsDocument, type SettingInput } from '@/graphql/generated/graphql';
import { type Field, settingInputs, type Values } from '../settings';

const pause = 300;
const context = { additionalTypenames: ['Integration'] };

/** What is wrong with the settings of a section, or of all when it is null, as they are being edited; asked for when typing pauses. */
export function useProblems(id: string, section: string | null, edits: Values, fields: Field[]) {
  const now = useMemo(() => JSON.stringify(settingInputs(edits, fields)), [edits, fields]);
  const [key] = useDebouncedValue(now, pause);
  const variables = useMemo(
    () => ({ id, section, settings: JSON.parse(key) as SettingInput[] }),
    [id, section, key],
  );
  const [{ data, error, operation }, ask] = useQuery({
    query: IntegrationProblemsDocument,
    variables,
    context,
  });
  // The answer at hand may still be one about other settings, or about another section.
  const asked = operation?.variables;
  const isOfSection = asked?.id === id && asked.section === section;
  const isOfNow = isOfSection && JSON.stringify(asked.settings) === now;
  return {
    problems: isOfSection ? (data?.integrationProblems ?? []) : [],
    error,
    isChecking: !isOfNow && !error,
    retry: () => ask({ requestPolicy: 'network-only' }),
  };
}

/** What is wrong with a section's settings. */
export type Problems = ReturnType<typeof useProblems>;
