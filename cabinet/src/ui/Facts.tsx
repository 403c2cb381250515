import type { ReactNode } from 'react';
import classes from './Facts.module.css';

/** A list of named facts; its children are `Fact`. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.list}>{children}</dl>;
}
