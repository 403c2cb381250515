import { Button, type ButtonProps } from '@mantine/core';
import { IconPhoneCall } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStartCall } from '../hooks/useStartCall';

interface StartCallButtonProps extends ButtonProps {
  phone: string;
  /** Whom it calls, for those who do not see the row. */
  name?: string;
  /** The lost call that is called back. */
  callbackOf?: string;
}

/** Calls a contact by click. */
export function StartCallButton({ phone, name, callbackOf, ...button }: StartCallButtonProps) {
  const { t } = useTranslation();
  const { start, pending } = useStartCall();
  const text = t(callbackOf ? 'calls.start.back' : 'calls.start.call');
  return (
    <Button
      leftSection={<IconPhoneCall size={16} aria-hidden />}
      {...button}
      loading={pending}
      aria-label={name ? `${text}: ${name}` : undefined}
      onClick={() => void start(phone, callbackOf)}
    >
      {text}
    </Button>
  );
}
