import { Button, type ButtonProps } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { CombinedError } from 'urql';
import { ConfirmDialog } from './ConfirmDialog';

interface ConfirmButtonProps extends ButtonProps {
  'aria-label'?: string;
  title: string;
  text: ReactNode;
  /** Verb on the dialog's button. */
  confirm: string;
  /** Does it; the dialog stays open with the error it returns, if any. */
  action: () => Promise<CombinedError | undefined>;
  isDestructive?: boolean;
  children: ReactNode;
}

/** A button whose action is asked about first. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { title, text, confirm, action, isDestructive = true, children, ...button } = props;
  const [opened, setOpened] = useState(false);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const run = async () => {
    setPending(true);
    const failure = await action();
    setPending(false);
    setError(failure);
    if (!failure) {
      setOpened(false);
    }
  };
  return (
    <>
      <Button
        variant="default"
        {...button}
        onClick={() => {
          setError(undefined);
          setOpened(true);
        }}
      >
        {children}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={title}
        text={text}
        confirm={confirm}
        onConfirm={() => void run()}
        pending={pending}
        error={error}
        isDestructive={isDestructive}
      />
    </>
  );
}
