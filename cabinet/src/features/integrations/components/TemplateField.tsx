import { Stack, Textarea, TextInput } from '@mantine/core';
import { useInsertion } from '../hooks/useInsertion';
import { useLocalText } from '../hooks/useLocalText';
import { controlId, textOf } from '../settings';
import type { ControlProps } from './SettingControl';
import { VariableMenu } from './VariableMenu';

/** Templates that may be longer than this get more than one line. */
const longerThan = 255;

/** A text with variables. */
export function TemplateField({ field, edits, error }: ControlProps) {
  const local = useLocalText();
  const text = textOf(edits.values, field.key);
  const change = (next: string) => edits.change(field.key, { values: [next], pairs: [] });
  const { ref: area, insert: intoArea } = useInsertion<HTMLTextAreaElement>(text, change);
  const { ref: line, insert: intoLine } = useInsertion<HTMLInputElement>(text, change);
  const isLong = field.max > longerThan || text.includes('\n');
  const common = {
    id: controlId(field.key),
    label: local(field.title),
    description: local(field.hint) || undefined,
    required: field.required,
    error,
    value: text,
  };
  return (
    <Stack gap={4} align="stretch">
      {isLong ? (
        <Textarea
          {...common}
          ref={area}
          autosize
          minRows={3}
          maxRows={14}
          onChange={(event) => change(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          {...common}
          ref={line}
          autoComplete="off"
          onChange={(event) => change(event.currentTarget.value)}
        />
      )}
      <div>
        <VariableMenu of={common.label} onInsert={isLong ? intoArea : intoLine} />
      </div>
    </Stack>
  );
}
