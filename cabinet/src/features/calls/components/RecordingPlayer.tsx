import { ActionIcon, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingFieldsFragment } from '@/graphql/generated/graphql';
import { usePlayer } from '../hooks/usePlayer';
import { clock } from '../wave';
import { Waveform } from './Waveform';

const speeds = ['0.75', '1', '1.25', '1.5', '2'];

interface RecordingPlayerProps {
  recording: RecordingFieldsFragment;
  /** What it is the recording of. */
  label: string;
  /** Begins at once. */
  autoPlay?: boolean;
}

/** Plays the recording of a talk, or says why it cannot be heard. */
export function RecordingPlayer({ recording, label, autoPlay = false }: RecordingPlayerProps) {
  const { t } = useTranslation();
  if (recording.url === null) {
    return (
      <Text size="sm" c="dimmed">
        {t(recording.state === 'FAILED' ? 'calls.player.failed' : 'calls.player.waiting')}
        {recording.failure && ` (${recording.failure})`}
      </Text>
    );
  }
  return (
    <Player
      key={recording.id}
      recording={recording}
      url={ownAddress(recording.url)}
      label={label}
      autoPlay={autoPlay}
    />
  );
}

/** The file at the address the cabinet was opened by: another name of the server would be a foreign one. */
function ownAddress(url: string): string {
  const { pathname, search } = new URL(url, window.location.href);
  return pathname + search;
}

function Player({ recording, url, label, autoPlay }: Required<RecordingPlayerProps> & { url: string }) {
  const { t } = useTranslation();
  const { audio, isPlaying, at, duration, isBroken, speed, play, toggle, seek, changeSpeed } = usePlayer(
    recording.durationMs / 1000,
  );
  useEffect(() => {
    if (autoPlay) {
      play();
    }
  }, [autoPlay, play]);
  const action = t(isPlaying ? 'calls.player.pause' : 'calls.player.play');
  return (
    <Stack gap={4} role="group" aria-label={label}>
      {/* A talk on the telephone has no captions. */}
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <audio ref={audio} src={url} preload="none" />
      <Group gap="sm" wrap="nowrap">
        <ActionIcon size={40} radius="xl" aria-label={`${action}: ${label}`} title={action} onClick={toggle}>
          {isPlaying ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
        </ActionIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Waveform peaks={recording.peaks} at={at} duration={duration} onSeek={seek} />
        </div>
      </Group>
      <Group gap="xs" justify="space-between">
        <Text size="xs" c="dimmed" className="numeric" component="span">
          {clock(at)} / {clock(duration)}
        </Text>
        <Group gap={4}>
          <NativeSelect
            size="xs"
            w={84}
            aria-label={t('calls.player.speed')}
            value={String(speed)}
            onChange={(event) => changeSpeed(Number(event.currentTarget.value))}
            data={speeds.map((value) => ({ value, label: `× ${value}` }))}
          />
          <ActionIcon
            component="a"
            href={url}
            download={`${recording.startedAt.slice(0, 19).replaceAll(':', '-')}.${recording.format}`}
            variant="subtle"
            color="gray"
            size={30}
            aria-label={`${t('calls.player.download')}: ${label}`}
            title={t('calls.player.download')}
          >
            <IconDownload size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
      {isBroken && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {t('calls.player.broken')}
        </Text>
      )}
    </Stack>
  );
}
