import { Group, Text } from '@mantine/core';

/** The product's sign and name. */
export function Logo() {
  return (
    <Group gap={8} wrap="nowrap">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-pine-7)" />
        <path
          d="M7 21c5 0 5-10 10-10s4 6 8 6"
          fill="none"
          stroke="#fff"
          strokeWidth="3"
          strokeLinecap="round"
        />
        <circle cx="7" cy="21" r="2.5" fill="#fff" />
        <circle cx="25" cy="17" r="2.5" fill="#fff" />
      </svg>
      <Text fw={700} size="lg" lh={1} style={{ letterSpacing: '-0.01em' }}>
        Skvoz
      </Text>
    </Group>
  );
}
