import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/graphql/generated/graphql';
import { channelColors } from '../channels';

/** The name of a channel in its colour. */
export function ChannelBadge({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={channelColors[channel]} tt="none" fw={600} style={{ flex: 'none' }}>
      {t(`visitors.channel.${channel}`)}
    </Badge>
  );
}
