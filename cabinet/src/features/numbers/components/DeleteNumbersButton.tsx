import type { ButtonProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { DeleteVirtualNumbersDocument } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';

interface DeleteNumbersButtonProps extends ButtonProps {
  ids: string[];
  onDone: () => void;
}

const context = { additionalTypenames: ['VirtualNumber', 'NumberPool', 'Scenario'] };

/** Deletes numbers after asking. */
export function DeleteNumbersButton({ ids, onDone, ...props }: DeleteNumbersButtonProps) {
  const { t } = useTranslation();
  const [, remove] = useMutation(DeleteVirtualNumbersDocument);
  return (
    <ConfirmButton
      color="red"
      {...props}
      title={t('numbers.delete.question', { count: ids.length })}
      text={t('numbers.delete.text')}
      confirm={t('common.action.delete')}
      action={async () => {
        const { error } = await remove({ input: { ids } }, context);
        if (!error) {
          onDone();
        }
        return error;
      }}
    >
      {t('common.action.delete')}
    </ConfirmButton>
  );
}
