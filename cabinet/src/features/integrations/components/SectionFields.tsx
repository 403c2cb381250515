import { Stack } from '@mantine/core';
import { useLocalText } from '../hooks/useLocalText';
import type { Edits } from '../hooks/useEdits';
import type { Problems } from '../hooks/useProblems';
import { type Integration, isShown, type Section } from '../settings';
import { SettingControl } from './SettingControl';

interface SectionFieldsProps {
  integration: Integration;
  section: Section;
  edits: Edits;
  problems: Problems;
  /** Problems are shown at every field, not only at those a person changed. */
  showsAll: boolean;
  save: () => Promise<boolean>;
}

/** The settings of a section that are shown as the others are set. */
export function SectionFields(props: SectionFieldsProps) {
  const { integration, section, edits, problems, showsAll, save } = props;
  const local = useLocalText();
  const errorOf = (key: string) => {
    const problem = problems.problems.find((candidate) => candidate.key === key);
    return problem && (showsAll || edits.edits[key] !== undefined) ? local(problem.text) : undefined;
  };
  return (
    <Stack gap="md">
      {section.fields
        .filter((field) => isShown(field, edits.values))
        .map((field) => (
          <SettingControl
            key={field.key}
            integration={integration}
            field={field}
            edits={edits}
            error={errorOf(field.key)}
            save={save}
          />
        ))}
    </Stack>
  );
}
