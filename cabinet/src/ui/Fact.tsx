import type { ReactNode } from 'react';
import classes from './Facts.module.css';

/** One named fact in a `Facts` list. */
export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt className={classes.name}>{name}</dt>
      <dd className={classes.value}>{children}</dd>
    </div>
  );
}
