import { Anchor, Text } from '@mantine/core';
import { safeHref, shortUrl } from '@/format/urls';

/** A page of a tracked site; foreign text, so only http(s) becomes a link. */
export function PageLink({ url, title, lines = 1 }: { url: string; title?: string; lines?: number }) {
  const href = safeHref(url);
  const shown = title || shortUrl(url);
  if (href === null) {
    return (
      <Text span size="sm" lineClamp={lines} className="break">
        {shown || '—'}
      </Text>
    );
  }
  return (
    <Anchor
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      size="sm"
      title={url}
      lineClamp={lines}
      className="break"
    >
      {shown}
    </Anchor>
  );
}
