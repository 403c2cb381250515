import { Select, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useViewer } from '@/features/session/hooks/useViewer';
import { grantableRoles, hasRole } from '@/features/session/session';
import { type Role, UpdateUserDocument, type UserFieldsFragment } from '@/graphql/generated/graphql';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';

/** The role of a user; a choice for those who may change it. */
export function UserRole({ user }: { user: UserFieldsFragment }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const textOf = useProblemText();
  const [{ fetching }, update] = useMutation(UpdateUserDocument);
  if (user.id === viewer.id || !hasRole(viewer.role, user.role)) {
    return <Text size="sm">{t(`users.role.${user.role}`)}</Text>;
  }
  const change = async (role: Role) => {
    const { error } = await update({ input: { id: user.id, role } });
    if (error) {
      notifyProblem(textOf(error));
    } else {
      notifications.show({ message: t('common.state.saved') });
    }
  };
  return (
    <Select
      size="xs"
      w={170}
      aria-label={t('users.list.roleOf', { name: user.name || user.email })}
      allowDeselect={false}
      disabled={fetching}
      data={grantableRoles(viewer.role).map((role) => ({ value: role, label: t(`users.role.${role}`) }))}
      value={user.role}
      onChange={(role) => role && role !== user.role && void change(role as Role)}
    />
  );
}
