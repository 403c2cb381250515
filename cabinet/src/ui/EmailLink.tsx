import { Anchor } from '@mantine/core';

/** An e-mail address that can be written to. */
export function EmailLink({ email }: { email: string }) {
  return (
    <Anchor href={`mailto:${encodeURIComponent(email).replace('%40', '@')}`} size="sm" className="break">
      {email}
    </Anchor>
  );
}
