import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { MyStatus } from '@/features/employees/components/MyStatus';
import { useSession } from '@/features/session/hooks/useSession';
import { Logo } from './Logo';
import { Navigation } from './Navigation';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';

// Nobody rings before a page is shown: fetched after it.
const PopUps = lazy(async () => ({ default: (await import('@/features/popups/components/PopUps')).PopUps }));

/** The frame of every page for signed-in users: navigation beside, page in the middle. */
export function Shell() {
  const { t } = useTranslation();
  const { session } = useSession();
  const [opened, { toggle, close }] = useDisclosure();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  useEffect(close, [pathname, close]);
  if (!session.viewer) {
    return null;
  }
  return (
    <AppShell
      header={{ height: { base: 52, md: 0 } }}
      navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={0}
      transitionDuration={0}
    >
      <a href="#main" className={classes.skip}>
        {t('shell.frame.skip')}
      </a>
      <AppShell.Header hiddenFrom="md" className={classes.header}>
        <Group h="100%" px="md" gap="sm">
          <Burger
            opened={opened}
            onClick={toggle}
            size="sm"
            aria-label={t(opened ? 'shell.frame.closeMenu' : 'shell.frame.openMenu')}
            aria-expanded={opened}
          />
          <Logo />
          <MyStatus ml="auto" />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} component="aside" aria-label={t('shell.frame.sidebar')}>
        <div className={classes.brand}>
          <Logo />
        </div>
        <MyStatus px={12} pb={12} visibleFrom="md" />
        <Navigation />
        <UserMenu />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <div className={classes.content}>
          <Outlet />
        </div>
      </AppShell.Main>
      <Suspense fallback={null}>
        <PopUps />
      </Suspense>
    </AppShell>
  );
}
