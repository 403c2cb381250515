import { Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { takeStep } from '../stepFocus';

interface StepPanelProps {
  title: string;
  hint: string;
  children: ReactNode;
}

/** A step of the wizard; its heading takes the focus when one came here from another step. */
export function StepPanel({ title, hint, children }: StepPanelProps) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takeStep()) {
      heading.current?.focus();
    }
  }, []);
  return (
    <section className="panel" aria-labelledby={id}>
      <Stack gap="md">
        <div>
          <Title order={2} size="h4" id={id} ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
            {title}
          </Title>
          {hint !== '' && (
            <Text c="dimmed" size="sm" mt={2} maw={720}>
              {hint}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </section>
  );
}
