import { ActionIcon, Popover, Stack } from '@mantine/core';
import { IconPlayerPlayFilled } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingFieldsFragment } from '@/graphql/generated/graphql';
import { RecordingPlayer } from './RecordingPlayer';

interface RecordingsButtonProps {
  recordings: RecordingFieldsFragment[];
  /** Whose call it was. */
  name: string;
}

/** Plays the recordings of a call where its row stands. */
export function RecordingsButton({ recordings, name }: RecordingsButtonProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  if (!recordings.some(({ url }) => url !== null)) {
    return null;
  }
  const label = t('calls.player.listen');
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={320}
      shadow="md"
      withinPortal
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="light"
          size={34}
          radius="xl"
          aria-label={`${label}: ${name}`}
          title={label}
          onClick={() => setOpened((old) => !old)}
        >
          <IconPlayerPlayFilled size={15} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <Stack gap="md">
          {recordings.map((recording, index) => (
            <RecordingPlayer
              key={recording.id}
              recording={recording}
              label={t('calls.talks.n', { n: index + 1 })}
              autoPlay={index === 0}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
