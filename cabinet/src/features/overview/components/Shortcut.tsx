import { Text } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import classes from './Shortcut.module.css';

interface ShortcutProps {
  to: NonNullable<LinkProps['to']>;
  icon: Icon;
  title: string;
  text: string;
}

/** One way, as a card that is a link. */
export function Shortcut({ to, icon: Picture, title, text }: ShortcutProps) {
  return (
    <Link to={to} className={`panel ${classes.card}`}>
      <Picture size={22} stroke={1.7} className={classes.icon} aria-hidden />
      <div>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </div>
    </Link>
  );
}
