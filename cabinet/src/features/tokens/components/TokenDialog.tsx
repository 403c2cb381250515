import { Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TokenScope } from '@/graphql/generated/graphql';
import { TokenForm } from './TokenForm';
import { TokenSecret } from './TokenSecret';

interface TokenDialogProps {
  opened: boolean;
  onClose: () => void;
  /** The one right the token gets; chosen in the form when absent. */
  only?: TokenScope;
}

/** Makes a token, then shows its secret once. */
export function TokenDialog({ opened, onClose, only }: TokenDialogProps) {
  const { t } = useTranslation();
  const [made, setMade] = useState<{ secret: string; scopes: TokenScope[] }>();
  const close = () => {
    onClose();
    setMade(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('tokens.form.title')}
      size="lg"
      closeOnClickOutside={made === undefined}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {made === undefined ? (
        <TokenForm onCreated={(secret, scopes) => setMade({ secret, scopes })} {...(only && { only })} />
      ) : (
        <TokenSecret {...made} onClose={close} />
      )}
    </Modal>
  );
}
