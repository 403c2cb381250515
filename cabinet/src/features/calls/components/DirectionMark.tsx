import { Group, VisuallyHidden } from '@mantine/core';
import { IconArrowsLeftRight, IconPhoneIncoming, IconPhoneOff, IconPhoneOutgoing } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallDirection } from '@/graphql/generated/graphql';

const looks = {
  IN: { icon: IconPhoneIncoming, color: 'var(--mantine-color-green-light-color)' },
  OUT: { icon: IconPhoneOutgoing, color: 'var(--mantine-color-blue-light-color)' },
  INTERNAL: { icon: IconArrowsLeftRight, color: 'var(--mantine-color-dimmed)' },
};

interface DirectionMarkProps {
  direction: CallDirection;
  isLost?: boolean;
  /** The word is shown, too. */
  withText?: boolean;
}

/** Which way a call went, and whether it was lost. */
export function DirectionMark({ direction, isLost = false, withText = false }: DirectionMarkProps) {
  const { t } = useTranslation();
  const { icon, color } = looks[direction];
  const Picture = isLost ? IconPhoneOff : icon;
  const text = t(isLost ? 'calls.list.lost' : `calls.direction.${direction}`);
  return (
    <Group gap={6} wrap="nowrap" component="span" title={text} style={{ display: 'inline-flex' }}>
      <Picture
        size={18}
        stroke={1.8}
        color={isLost ? 'var(--mantine-color-red-light-color)' : color}
        aria-hidden
        style={{ flex: 'none' }}
      />
      {withText ? text : <VisuallyHidden>{text}</VisuallyHidden>}
    </Group>
  );
}
