import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import {
  type CallDetailFieldsFragment,
  DeleteRecordingDocument,
  type RecordingFieldsFragment,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { usePartyName } from '../hooks/usePartyName';
import { RecordingPlayer } from './RecordingPlayer';

/** The talks of a call, each with its recording (MP-2). */
export function CallTalks({ call }: { call: CallDetailFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const partyName = usePartyName();
  const ofTalk = (id: string) => call.recordings.filter(({ talkId }) => talkId !== '' && talkId === id);
  const others = call.recordings.filter(({ talkId }) => !call.talks.some(({ id }) => id === talkId));
  return (
    <Panel title={t('calls.talks.title')}>
      {call.talks.length === 0 && others.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('calls.talks.none')}
        </Text>
      )}
      {call.talks.map((talk) => {
        const parties = call.legs.filter(({ id }) => talk.legIds.includes(id)).map(partyName);
        const recordings = ofTalk(talk.id);
        return (
          <Stack key={talk.id} gap={6}>
            <Group gap="xs">
              <Text size="sm" fw={600}>
                {t('calls.talks.n', { n: talk.n })}
              </Text>
              <Text size="sm" c="dimmed" component="span">
                {talk.startedAt && <Moment at={talk.startedAt} as="time" />}
                {talk.endedAt && ` · ${format.duration(talk.durationMs / 1000)}`}
              </Text>
            </Group>
            <Text size="sm" className="break">
              {parties.join(' — ')}
            </Text>
            {recordings.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('calls.talks.notRecorded')}
              </Text>
            ) : (
              recordings.map((recording) => (
                <Recorded
                  key={recording.id}
                  recording={recording}
                  label={t('calls.talks.recordingOf', { n: talk.n })}
                />
              ))
            )}
          </Stack>
        );
      })}
      {others.map((recording, index) => (
        <Recorded
          key={recording.id}
          recording={recording}
          label={t('calls.talks.recording', { n: index + 1 })}
        />
      ))}
    </Panel>
  );
}

function Recorded({ recording, label }: { recording: RecordingFieldsFragment; label: string }) {
  const { t } = useTranslation();
  const isAdmin = useCan('ADMIN');
  const [, remove] = useMutation(DeleteRecordingDocument);
  return (
    <Stack gap={4}>
      <RecordingPlayer recording={recording} label={label} />
      {isAdmin && (
        <Group justify="flex-end">
          <ConfirmButton
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-label={`${t('calls.talks.delete')}: ${label}`}
            title={t('calls.talks.deleteTitle')}
            text={t('calls.talks.deleteText')}
            confirm={t('common.action.delete')}
            action={async () => (await remove({ input: { id: recording.id } })).error}
          >
            {t('calls.talks.delete')}
          </ConfirmButton>
        </Group>
      )}
    </Stack>
  );
}
