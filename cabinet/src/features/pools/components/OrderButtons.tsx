import { ActionIcon, Group } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface OrderButtonsProps {
  /** What is moved. */
  name: string;
  index: number;
  count: number;
  onMove: (by: -1 | 1) => void;
}

/** Moves a row of an ordered list up or down: by press, or by the arrow keys while a button has the focus. */
export function OrderButtons({ name, index, count, onMove }: OrderButtonsProps) {
  const { t } = useTranslation();
  const move = (by: -1 | 1) => {
    if (index + by >= 0 && index + by < count) {
      onMove(by);
    }
  };
  const button = { variant: 'subtle', color: 'gray', size: 'md' } as const;
  return (
    <Group
      gap={2}
      wrap="nowrap"
      onKeyDown={(event) => {
        if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
          event.preventDefault();
          move(event.key === 'ArrowUp' ? -1 : 1);
        }
      }}
    >
      <ActionIcon
        {...button}
        aria-label={t('pools.order.up', { name })}
        aria-disabled={index === 0}
        data-disabled={index === 0 || undefined}
        onClick={() => move(-1)}
      >
        <IconArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        {...button}
        aria-label={t('pools.order.down', { name })}
        aria-disabled={index === count - 1}
        data-disabled={index === count - 1 || undefined}
        onClick={() => move(1)}
      >
        <IconArrowDown size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
