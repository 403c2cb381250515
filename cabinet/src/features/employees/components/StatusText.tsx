import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { colorOf, type CurrentStatus } from '../statuses';

/** A status in words, with a dot of its colour. */
export function StatusText({ current }: { current: CurrentStatus }) {
  const { t } = useTranslation();
  return (
    <Group gap={8} wrap="nowrap" component="span">
      <StatusDot color={colorOf(current)} />
      <Text size="sm" component="span" className="break">
        {current.customStatus?.name ?? t(`employees.status.${current.status}`)}
      </Text>
    </Group>
  );
}

/** The dot alone. */
export function StatusDot({ color }: { color: string }) {
  return <Box component="span" w={9} h={9} bdrs="xl" bg={color} flex="none" display="block" aria-hidden />;
}
