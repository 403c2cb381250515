import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface PanelProps {
  title?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A framed part of a page with its own heading. */
export function Panel({ title, lead, actions, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={title ? id : undefined}>
      <Stack gap="md">
        {title && (
          <div>
            <Group justify="space-between" align="center" gap="xs">
              <Title order={2} size="h4" id={id}>
                {title}
              </Title>
              {actions}
            </Group>
            {lead && (
              <Text c="dimmed" size="sm" mt={2} maw={720}>
                {lead}
              </Text>
            )}
          </div>
        )}
        {children}
      </Stack>
    </section>
  );
}
