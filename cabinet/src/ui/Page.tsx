import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { takeNavigation } from './navigation';

interface PageProps {
  title: string;
  /** One sentence below the title. */
  lead?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  /** Above the title: where the page belongs. */
  above?: ReactNode;
  children: ReactNode;
}

/** A page with its heading; names the document and takes the focus after navigation. */
export function Page({ title, lead, actions, above, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === '' ? 'Skvoz' : `${title} · Skvoz`;
  }, [title]);
  useEffect(() => {
    if (takeNavigation()) {
      heading.current?.focus();
    }
  }, []);
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        {above}
        <Group justify="space-between" align="center" gap="sm" mih={36}>
          <Title order={1} ref={heading} tabIndex={-1} className="break">
            {title}
          </Title>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {lead && (
          <Text c="dimmed" maw={720}>
            {lead}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}
