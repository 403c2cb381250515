import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { DeleteGoalDocument, type GoalFieldsFragment } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';

const context = { additionalTypenames: ['Goal', 'Site'] };

/** Deletes a goal after asking. */
export function DeleteGoalButton({ goal }: { goal: GoalFieldsFragment }) {
  const { t } = useTranslation();
  const [, remove] = useMutation(DeleteGoalDocument);
  return (
    <ConfirmButton
      size="xs"
      variant="subtle"
      color="red"
      aria-label={t('goals.list.deleteNamed', { name: goal.name })}
      title={t('goals.delete.question', { name: goal.name })}
      text={t('goals.delete.text')}
      confirm={t('common.action.delete')}
      action={async () => (await remove({ input: { id: goal.id } }, context)).error}
    >
      {t('common.action.delete')}
    </ConfirmButton>
  );
}
