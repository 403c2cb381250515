import { Group, Stack, Text } from '@mantine/core';
import { CopyButton } from '@/ui/CopyButton';
import { useLocalText } from '../hooks/useLocalText';
import { noteParts } from '../settings';
import type { ControlProps } from './SettingControl';

/** A text to read, with the addresses in it to copy. */
export function NoteField({ field, integration }: ControlProps) {
  const local = useLocalText();
  const parts = noteParts(local(field.hint), integration);
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        {local(field.title)}
      </Text>
      {parts.map(({ text, isAddress }, index) =>
        isAddress ? (
          <Group key={index} gap="xs">
            <Text size="sm" component="code" className="mono break">
              {text}
            </Text>
            <CopyButton value={text} />
          </Group>
        ) : (
          /[\p{L}\p{N}]/u.test(text) && (
            <Text key={index} size="sm" c="dimmed" className="break" style={{ whiteSpace: 'pre-line' }}>
              {text.trim()}
            </Text>
          )
        ),
      )}
    </Stack>
  );
}
