import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { DeleteEmployeeDocument, type EmployeeFieldsFragment } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';

const context = { additionalTypenames: ['Employee', 'EmployeeGroup'] };

interface DeleteEmployeeButtonProps {
  employee: EmployeeFieldsFragment;
  onDeleted: () => void;
}

/** Deletes an employee after asking. */
export function DeleteEmployeeButton({ employee: { id, name }, onDeleted }: DeleteEmployeeButtonProps) {
  const { t } = useTranslation();
  const [, remove] = useMutation(DeleteEmployeeDocument);
  return (
    <ConfirmButton
      variant="subtle"
      color="red"
      aria-label={t('employees.list.deleteNamed', { name })}
      title={t('employees.delete.question', { name })}
      text={t('employees.delete.text')}
      confirm={t('common.action.delete')}
      action={async () => {
        const { error } = await remove({ input: { id } }, context);
        if (!error) {
          onDeleted();
        }
        return error;
      }}
    >
      {t('common.action.delete')}
    </ConfirmButton>
  );
}
