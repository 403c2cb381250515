import { Group, Text } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile, IconDevices, IconDeviceTablet } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ClientFieldsFragment } from '@/graphql/generated/graphql';
import { placeLine } from '../source';

const pictures = {
  DESKTOP: IconDeviceDesktop,
  MOBILE: IconDeviceMobile,
  TABLET: IconDeviceTablet,
  OTHER: IconDevices,
};

/** Device, browser and place, in short; `place` says how much of it: narrow lists have room for the city alone. */
export function ClientLine({
  client,
  place: wanted = 'full',
}: {
  client: ClientFieldsFragment;
  place?: 'full' | 'city' | 'none';
}) {
  const { t } = useTranslation();
  const Picture = pictures[client.deviceType];
  const place = {
    full: placeLine(client),
    city: client.city || client.region || client.country,
    none: '',
  }[wanted];
  const device = [client.browser, client.os].filter((part) => part !== '').join(', ');
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Picture
        size={17}
        stroke={1.6}
        role="img"
        aria-label={t(`visitors.device.${client.deviceType}`)}
        style={{ flex: 'none', marginTop: 2 }}
      />
      <div>
        <Text size="sm">{device || t(`visitors.device.${client.deviceType}`)}</Text>
        {place && (
          <Text size="xs" c="dimmed">
            {place}
          </Text>
        )}
      </div>
    </Group>
  );
}
