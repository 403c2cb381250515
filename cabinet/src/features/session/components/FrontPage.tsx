import { Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Logo } from '@/app/Logo';
import classes from './FrontPage.module.css';
import { FrontSettings } from './FrontSettings';

/** The frame of pages before sign-in: one card in the middle. */
export function FrontPage({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Skvoz`;
  }, [title]);
  return (
    <div className={classes.frame}>
      <main className={classes.card}>
        <Stack gap="lg">
          <Logo />
          <div>
            <Title order={1} size="h2">
              {title}
            </Title>
            {lead && (
              <Text c="dimmed" mt={4}>
                {lead}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </main>
      <FrontSettings />
    </div>
  );
}
