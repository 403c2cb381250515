import { Button, Group } from '@mantine/core';
import { IconPhoneOff, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallState } from '@/graphql/generated/graphql';
import { useControlCall } from '../hooks/useControlCall';
import { TransferButton } from './TransferButton';

interface CallControlsProps {
  callId: string;
  /** Where the call stands, as far as it was told. */
  state: CallState;
  /** Whose call it is, for those who do not see the row. */
  name?: string;
}

/** Hold, transfer and hang up a running call. */
export function CallControls({ callId, state: told, name }: CallControlsProps) {
  const { t } = useTranslation();
  const { control, pending, state } = useControlCall(callId, told);
  const isTalking = state === 'TALKING' || state === 'HELD';
  const labelled = (text: string) => (name ? `${text}: ${name}` : undefined);
  const hold = t(state === 'HELD' ? 'calls.control.unhold' : 'calls.control.hold');
  const hangUp = t('calls.control.hangUp');
  if (state === 'FINISHED') {
    return null;
  }
  return (
    <Group gap={6}>
      {isTalking && (
        <>
          <Button
            size="compact-sm"
            variant="default"
            disabled={pending}
            leftSection={
              state === 'HELD' ? (
                <IconPlayerPlay size={14} aria-hidden />
              ) : (
                <IconPlayerPause size={14} aria-hidden />
              )
            }
            aria-label={labelled(hold)}
            onClick={() => void control(state === 'HELD' ? 'UNHOLD' : 'HOLD')}
          >
            {hold}
          </Button>
          <TransferButton control={control} pending={pending} name={name} />
        </>
      )}
      <Button
        size="compact-sm"
        variant="light"
        color="red"
        disabled={pending}
        leftSection={<IconPhoneOff size={14} aria-hidden />}
        aria-label={labelled(hangUp)}
        onClick={() => void control('HANGUP')}
      >
        {hangUp}
      </Button>
    </Group>
  );
}
