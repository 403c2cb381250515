import { Text } from '@mantine/core';
import { useFormat } from '@/format/useFormat';

interface NumberNameProps {
  call: { virtualNumber: string; number?: { number: string; name: string } | null };
}

/** The virtual number of a call, with its name. */
export function NumberName({ call: { virtualNumber, number } }: NumberNameProps) {
  const format = useFormat();
  const digits = number?.number ?? virtualNumber;
  return (
    <>
      <Text size="sm" className="numeric" component="span" style={{ whiteSpace: 'nowrap' }}>
        {digits === '' ? '—' : format.phone(digits)}
      </Text>
      {number?.name && (
        <Text size="xs" c="dimmed" className="break">
          {number.name}
        </Text>
      )}
    </>
  );
}
