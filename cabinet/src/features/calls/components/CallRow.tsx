import { Badge, Group, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { useFormat } from '@/format/useFormat';
import type { CallListFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { TextLink } from '@/ui/TextLink';
import { useCallWords } from '../hooks/useCallWords';
import { CallStateBadge } from './CallStateBadge';
import { ContactName } from './ContactName';
import { DirectionMark } from './DirectionMark';
import { MethodBadge } from './MethodBadge';
import { NumberName } from './NumberName';
import { RecordingsButton } from './RecordingsButton';
import { StartCallButton } from './StartCallButton';

/** A call in the list. */
export function CallRow({ call }: { call: CallListFieldsFragment }) {
  const { t } = useTranslation();
  const name = call.contactName || call.contactPhone || t('calls.contact.hidden');
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Group gap={8} wrap="nowrap" align="flex-start">
          <DirectionMark direction={call.direction} isLost={call.isLost} />
          <Stack gap={2} align="flex-start">
            <TextLink to="/calls/$callId" params={{ callId: call.id }} size="sm" fw={600}>
              <Moment at={call.startedAt} as="time" />
            </TextLink>
            <Text size="xs" c="dimmed" component="span">
              <Moment at={call.startedAt} as="date" />
            </Text>
            {call.state !== 'FINISHED' && <CallStateBadge state={call.state} />}
          </Stack>
        </Group>
      </Table.Td>
      <Table.Td maw={220}>
        <ContactName call={call} />
        <Group gap={4} mt={4}>
          {call.isFirst && (
            <Badge size="sm" color="cyan">
              {t('calls.list.first')}
            </Badge>
          )}
          {call.tags.map(({ id, name }) => (
            <Badge key={id} color="gray" size="sm">
              {name}
            </Badge>
          ))}
        </Group>
      </Table.Td>
      <Table.Td maw={190}>
        <WhoTalked call={call} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Durations call={call} />
      </Table.Td>
      <Table.Td maw={240}>
        <Stack gap={4} align="flex-start">
          {call.source && <SourceLine source={call.source} />}
          {call.campaign && (
            <Text size="xs" c="dimmed" className="break">
              {call.campaign.name}
            </Text>
          )}
          <MethodBadge method={call.method} probability={call.probability} />
          <div>
            <NumberName call={call} />
          </div>
        </Stack>
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <RecordingsButton recordings={call.recordings} name={name} />
          {call.isLost && call.contactPhone !== '' && !call.calledBackAt && (
            <StartCallButton
              phone={call.contactPhone}
              callbackOf={call.id}
              name={name}
              size="compact-sm"
              variant="light"
            />
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** Who talked; for a lost call who was rung and did not answer. */
function WhoTalked({ call }: { call: CallListFieldsFragment }) {
  const { t } = useTranslation();
  const words = useCallWords();
  if (call.employee) {
    return (
      <Text size="sm" className="break">
        {call.employee.name}
      </Text>
    );
  }
  if (call.employees.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {call.isLost ? t('calls.list.nobodyRung') : '—'}
      </Text>
    );
  }
  return (
    <Stack gap={2}>
      {call.employees.slice(0, 3).map(({ employee, reason }) => (
        <Text key={employee.id} size="xs" c="dimmed" className="break">
          {employee.name}
          {reason && `: ${words.legReason(reason)}`}
        </Text>
      ))}
      {call.employees.length > 3 && (
        <Text size="xs" c="dimmed">
          {t('calls.list.more', { count: call.employees.length - 3 })}
        </Text>
      )}
    </Stack>
  );
}

function Durations({ call }: { call: CallListFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useCallWords();
  if (call.state !== 'FINISHED') {
    return null;
  }
  if (call.isLost) {
    return (
      <Stack gap={2}>
        <Text size="sm" c="var(--mantine-color-error)">
          {t('calls.list.lost')}
        </Text>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
          {call.lostReason !== '' && words.lostReason(call.lostReason)}
        </Text>
        {call.calledBackAt && (
          <Text size="xs" c="var(--mantine-color-green-light-color)">
            {t('calls.list.calledBack')}
            <br />
            <Moment at={call.calledBackAt} />
          </Text>
        )}
      </Stack>
    );
  }
  return (
    <Stack gap={2} className="numeric">
      <Text size="sm">{format.duration(call.talkMs / 1000)}</Text>
      <Text size="xs" c="dimmed">
        {t('calls.list.wait', { time: format.duration(call.waitMs / 1000) })}
      </Text>
    </Stack>
  );
}
