import { Alert, Group, Stack, Text } from '@mantine/core';
import { IconPhoneCheck, IconPhoneOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallDetailFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { TextLink } from '@/ui/TextLink';
import { useCallWords } from '../hooks/useCallWords';
import { StartCallButton } from './StartCallButton';

/** What is to be done about a lost call, or who called back when. */
export function LostCall({ call }: { call: CallDetailFieldsFragment }) {
  const { t } = useTranslation();
  const words = useCallWords();
  if (call.calledBackAt) {
    return (
      <Alert color="green" variant="light" icon={<IconPhoneCheck aria-hidden />} title={t('calls.back.done')}>
        <Text size="sm" component="span">
          <Moment at={call.calledBackAt} />
          {call.calledBack?.employee && `, ${call.calledBack.employee.name}`}
        </Text>
        {call.calledBack && (
          <Text size="sm" component="div">
            <TextLink to="/calls/$callId" params={{ callId: call.calledBack.id }} size="sm">
              {t(call.calledBack.direction === 'IN' ? 'calls.back.theirs' : 'calls.back.ours')}
            </TextLink>
          </Text>
        )}
      </Alert>
    );
  }
  return (
    <Alert color="red" variant="light" icon={<IconPhoneOff aria-hidden />} title={t('calls.back.waiting')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {call.lostReason === '' ? t('calls.list.lost') : words.lostReason(call.lostReason)}
        </Text>
        <Group>
          {call.contactPhone === '' ? (
            <Text size="sm">{t('calls.back.hidden')}</Text>
          ) : (
            <StartCallButton phone={call.contactPhone} callbackOf={call.id} size="sm" />
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
