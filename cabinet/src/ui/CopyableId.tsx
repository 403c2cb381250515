import { UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCopy } from './useCopy';

/** An identifier that a click copies. */
export function CopyableId({ value }: { value: string }) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  const Picture = copied ? IconCheck : IconCopy;
  return (
    <UnstyledButton
      className="mono break"
      c="dimmed"
      onClick={() => void copy(value)}
      aria-label={copied ? t('common.action.copied') : t('common.action.copyValue', { value })}
    >
      {value} <Picture size={13} aria-hidden style={{ verticalAlign: '-2px' }} />
    </UnstyledButton>
  );
}
