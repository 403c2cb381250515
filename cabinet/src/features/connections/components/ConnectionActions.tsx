import { Group, Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  DeletePbxConnectionDocument,
  type PbxConnectionFieldsFragment,
  RotatePbxSecretDocument,
  type RotatePbxSecretMutation,
  UpdatePbxConnectionDocument,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { ConnectionAddresses } from './ConnectionAddresses';

/** Makes new secrets, switches a connection off and on, takes it away. */
export function ConnectionActions({ connection }: { connection: PbxConnectionFieldsFragment }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [rotated, setRotated] = useState<RotatePbxSecretMutation['rotatePbxSecret']>();
  const [, rotate] = useMutation(RotatePbxSecretDocument);
  const [, update] = useMutation(UpdatePbxConnectionDocument);
  const [, remove] = useMutation(DeletePbxConnectionDocument);
  const { id, name, isEnabled, kind } = connection;
  const isOwnSecret = kind !== 'MANGO';
  return (
    <Group gap="xs">
      {isOwnSecret && (
        <ConfirmButton
          title={t('connections.rotate.title')}
          text={t(connection.isWeak ? 'connections.rotate.textWeak' : 'connections.rotate.text')}
          confirm={t('connections.rotate.action')}
          isDestructive={false}
          action={async () => {
            const { data, error } = await rotate({ input: { id } });
            setRotated(data?.rotatePbxSecret);
            return error;
          }}
        >
          {t('connections.rotate.action')}
        </ConfirmButton>
      )}
      <ConfirmButton
        title={t(isEnabled ? 'connections.switch.offTitle' : 'connections.switch.onTitle', { name })}
        text={t(isEnabled ? 'connections.switch.offText' : 'connections.switch.onText')}
        confirm={t(isEnabled ? 'connections.switch.off' : 'connections.switch.on')}
        isDestructive={isEnabled}
        action={async () => (await update({ input: { id, isEnabled: !isEnabled } })).error}
      >
        {t(isEnabled ? 'connections.switch.off' : 'connections.switch.on')}
      </ConfirmButton>
      <ConfirmButton
        title={t('connections.delete.title', { name })}
        text={t('connections.delete.text')}
        confirm={t('common.action.delete')}
        action={async () => {
          const { error } = await remove({ input: { id } });
          if (!error) {
            await navigate({ to: '/telephony' });
          }
          return error;
        }}
      >
        {t('common.action.delete')}
      </ConfirmButton>
      <Modal
        opened={rotated !== undefined}
        onClose={() => setRotated(undefined)}
        title={t('connections.rotate.done')}
        size="lg"
        centered
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
      >
        {rotated && (
          <ConnectionAddresses connection={rotated.connection} signingSecret={rotated.signingSecret} />
        )}
      </Modal>
    </Group>
  );
}
