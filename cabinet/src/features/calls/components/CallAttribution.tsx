import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { SourceFacts } from '@/features/visitors/components/SourceFacts';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import type { CallCandidateFieldsFragment, CallDetailFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { useCallWords } from '../hooks/useCallWords';
import { CorrectDialog } from './CorrectDialog';
import { MethodBadge } from './MethodBadge';

/** Which advertising a call is counted to, why, and what else it might be. */
export function CallAttribution({ call }: { call: CallDetailFieldsFragment }) {
  const { t } = useTranslation();
  const isAnalyst = useCan('ANALYST');
  const [opened, { open, close }] = useDisclosure();
  return (
    <Panel
      title={t('calls.attribution.title')}
      actions={
        isAnalyst && (
          <Button variant="default" size="compact-sm" onClick={open} aria-haspopup="dialog">
            {t('calls.attribution.correct')}
          </Button>
        )
      }
    >
      <Stack gap={6} align="flex-start">
        <MethodBadge method={call.method} probability={call.probability} />
        {/* The hints are about numbers callers were shown. */}
        {call.direction === 'IN' && <Text size="sm">{t(`calls.methodHint.${call.method}`)}</Text>}
        {call.campaign && (
          <Text size="sm" className="break">
            <strong>{t('calls.attribution.campaign')}</strong> {call.campaign.name}
          </Text>
        )}
      </Stack>
      {call.source && <SourceFacts source={call.source} />}
      {call.candidates.length > 0 && <Candidates call={call} />}
      {call.corrections.length > 0 && <Corrections corrections={call.corrections} />}
      <CorrectDialog key={String(opened)} call={call} opened={opened} onClose={close} />
    </Panel>
  );
}

function Candidates({ call }: { call: CallDetailFieldsFragment }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="call-candidates">
      <Text size="sm" fw={600} mb={6} id="call-candidates">
        {t('calls.attribution.candidates')}
      </Text>
      <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
        {call.candidates.map((candidate) => (
          <li key={candidate.sessionId}>
            <Candidate candidate={candidate} isChosen={candidate.sessionId === call.sessionId} />
          </li>
        ))}
      </Stack>
    </section>
  );
}

function Candidate({ candidate, isChosen }: { candidate: CallCandidateFieldsFragment; isChosen: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useCallWords();
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm" fw={700} className="numeric" component="span">
          {Math.round(candidate.probability * 100)} %
        </Text>
        <TextLink to="/visitors/$visitorId" params={{ visitorId: candidate.visitorId }} size="sm">
          {t('visitors.card.nameless', { id: candidate.visitorId })}
        </TextLink>
        {isChosen && <Badge color="green">{t('calls.attribution.chosen')}</Badge>}
      </Group>
      {candidate.source && <SourceLine source={candidate.source} />}
      {candidate.campaign && (
        <Text size="xs" c="dimmed" className="break">
          {candidate.campaign.name}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {[
          ...candidate.why.map(words.why),
          ...(candidate.silenceMs > 0
            ? [t('calls.attribution.silence', { time: format.duration(candidate.silenceMs / 1000) })]
            : []),
        ].join('; ')}
      </Text>
    </Stack>
  );
}

function Corrections({ corrections }: Pick<CallDetailFieldsFragment, 'corrections'>) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="call-corrections">
      <Text size="sm" fw={600} mb={6} id="call-corrections">
        {t('calls.attribution.corrections')}
      </Text>
      <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
        {corrections.map(({ at, userName, before, after }) => (
          <li key={at}>
            <Text size="xs" c="dimmed" component="div">
              <Moment at={at} />, {userName}
            </Text>
            <Text size="sm" className="break">
              {before || '—'} → {after || '—'}
            </Text>
          </li>
        ))}
      </Stack>
    </section>
  );
}
