import { Badge, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { CallDetailFieldsFragment } from '@/graphql/generated/graphql';
import { CopyableId } from '@/ui/CopyableId';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { PhoneLink } from '@/ui/PhoneLink';
import { TextLink } from '@/ui/TextLink';
import { useCallWords } from '../hooks/useCallWords';
import { CallStateBadge } from './CallStateBadge';
import { DirectionMark } from './DirectionMark';
import { NumberName } from './NumberName';

/** A call in short. */
export function CallSummary({ call }: { call: CallDetailFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useCallWords();
  return (
    <Panel title={t('calls.details.summary')}>
      <Facts>
        <Fact name={t('calls.details.what')}>
          <Group gap="xs">
            <DirectionMark direction={call.direction} isLost={call.isLost} withText />
            {call.state !== 'FINISHED' && <CallStateBadge state={call.state} />}
            {call.isFirst && (
              <Badge size="sm" color="cyan">
                {t('calls.list.first')}
              </Badge>
            )}
          </Group>
        </Fact>
        {call.isLost && call.lostReason !== '' && (
          <Fact name={t('calls.details.lostReason')}>{words.lostReason(call.lostReason)}</Fact>
        )}
        {call.contactName !== '' && <Fact name={t('calls.details.contact')}>{call.contactName}</Fact>}
        <Fact name={t('calls.details.phone')}>
          {call.contactPhone === '' ? t('calls.contact.hidden') : <PhoneLink phone={call.contactPhone} />}
        </Fact>
        <Fact name={t('calls.details.number')}>
          <NumberName call={call} />
        </Fact>
        <Fact name={t('calls.details.started')}>
          <Moment at={call.startedAt} />
        </Fact>
        {call.endedAt && (
          <Fact name={t('calls.details.ended')}>
            <Moment at={call.endedAt} as="time" />
          </Fact>
        )}
        <Fact name={t('calls.details.wait')}>{format.duration(call.waitMs / 1000)}</Fact>
        {call.answeredAt && <Fact name={t('calls.details.talk')}>{format.duration(call.talkMs / 1000)}</Fact>}
        <Fact name={t('calls.details.total')}>{format.duration(call.totalMs / 1000)}</Fact>
        {call.employee && <Fact name={t('calls.details.employee')}>{call.employee.name}</Fact>}
        {call.visitor && (
          <Fact name={t('calls.details.visitor')}>
            <TextLink to="/visitors/$visitorId" params={{ visitorId: call.visitor.id }} size="sm">
              {call.visitor.name || t('visitors.card.nameless', { id: call.visitor.id })}
            </TextLink>
          </Fact>
        )}
        {call.endReason !== '' && (
          <Fact name={t('calls.details.endReason')}>{words.endReason(call.endReason)}</Fact>
        )}
        {call.isIncomplete && (
          <Fact name={t('calls.details.incomplete')}>{t('calls.details.incompleteText')}</Fact>
        )}
        <Fact name={t('calls.details.pbxId')}>
          <CopyableId value={call.pbxCallId} />
        </Fact>
      </Facts>
    </Panel>
  );
}
