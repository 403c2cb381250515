import { Group, Text } from '@mantine/core';
import type { SourceFieldsFragment } from '@/graphql/generated/graphql';
import { sourceLine } from '../source';
import { ChannelBadge } from './ChannelBadge';

/** Where a session came from, in short. */
export function SourceLine({ source }: { source: SourceFieldsFragment }) {
  const line = sourceLine(source);
  return (
    <Group gap={6}>
      <ChannelBadge channel={source.channel} />
      {line && (
        <Text span size="sm" className="break" lineClamp={2} title={source.term || undefined}>
          {line}
        </Text>
      )}
    </Group>
  );
}
