import { Badge, VisuallyHidden } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { Link, type LinkProps, useRouterState } from '@tanstack/react-router';
import classes from './Navigation.module.css';

interface NavigationLinkProps {
  to: NonNullable<LinkProps['to']>;
  icon: Icon;
  label: string;
  /** Only this very address is the page. */
  exact?: boolean;
  /** An address below `to` that is another page. */
  not?: string;
  /** A number beside the label, and what it counts, for those who do not see it. */
  badge?: { count: number; text: string } | undefined;
}

/** One entry of the navigation; marks the page that is open. */
export function NavigationLink({ to, icon: Picture, label, exact = false, not, badge }: NavigationLinkProps) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isCurrent = exact ? path === to : (path === to || path.startsWith(`${to}/`)) && path !== not;
  return (
    <li>
      <Link
        to={to}
        className={classes.link}
        activeProps={{}}
        data-current={isCurrent || undefined}
        aria-current={isCurrent ? 'page' : undefined}
      >
        <Picture size={19} stroke={1.7} aria-hidden />
        {label}
        {badge && (
          <>
            <Badge className={classes.badge} color="orange" size="sm" aria-hidden>
              {badge.count}
            </Badge>
            <VisuallyHidden>{badge.text}</VisuallyHidden>
          </>
        )}
      </Link>
    </li>
  );
}
