import { Group, TextInput } from '@mantine/core';
import { CopyButton } from '@/ui/CopyButton';

interface CopyFieldProps {
  label: string;
  description?: string;
  value: string;
}

/** A text to be copied elsewhere. */
export function CopyField({ label, description, value }: CopyFieldProps) {
  return (
    <Group align="flex-end" gap="xs">
      <TextInput
        label={label}
        description={description}
        value={value}
        readOnly
        style={{ flex: '1 1 240px' }}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={value} />
    </Group>
  );
}
