import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { ProblemAlert } from './ProblemAlert';

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  text: ReactNode;
  /** Verb on the button. */
  confirm: string;
  onConfirm: () => void;
  pending?: boolean;
  error?: CombinedError | undefined;
  isDestructive?: boolean;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      centered
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      <Stack>
        <Text component="div">{props.text}</Text>
        <ProblemAlert error={props.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {t('common.action.cancel')}
          </Button>
          <Button
            color={props.isDestructive === false ? undefined : 'red.8'}
            loading={props.pending ?? false}
            onClick={props.onConfirm}
          >
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
