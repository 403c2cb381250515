import classes from './CodeBlock.module.css';

/** Code to copy, scrolled sideways where it does not fit. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <pre className={classes.block} role="region" tabIndex={0} aria-label={label}>
      <code>{code}</code>
    </pre>
  );
}
