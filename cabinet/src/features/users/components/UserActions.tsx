import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useViewer } from '@/features/session/hooks/useViewer';
import { hasRole } from '@/features/session/session';
import {
  DeleteUserDocument,
  RenewInvitationDocument,
  UpdateUserDocument,
  type UserFieldsFragment,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';
import type { InvitationLink } from './UsersTable';

interface UserActionsProps {
  user: UserFieldsFragment;
  onLink: (link: InvitationLink) => void;
}

const context = { additionalTypenames: ['User', 'ApiToken'] };

/** Block, delete, invite anew. */
export function UserActions({ user, onLink }: UserActionsProps) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const textOf = useProblemText();
  const [, update] = useMutation(UpdateUserDocument);
  const [, remove] = useMutation(DeleteUserDocument);
  const [renewing, renew] = useMutation(RenewInvitationDocument);
  const name = user.name || user.email;
  if (user.id === viewer.id) {
    return (
      <Text size="sm" c="dimmed" ta="right">
        {t('users.list.you')}
      </Text>
    );
  }
  if (!hasRole(viewer.role, user.role)) {
    return null;
  }
  const makeLink = async () => {
    const { data, error } = await renew({ input: { userId: user.id } });
    if (error) {
      notifyProblem(textOf(error));
    }
    if (data) {
      const { inviteUrl, expiresAt } = data.renewInvitation;
      onLink({ email: user.email, inviteUrl, expiresAt });
    }
  };
  const setBlocked = async (blocked: boolean) => (await update({ input: { id: user.id, blocked } })).error;
  const isBlocked = user.status === 'BLOCKED';
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {user.status === 'INVITED' ? (
        <Button size="xs" variant="default" loading={renewing.fetching} onClick={() => void makeLink()}>
          {t('users.list.newLink')}
        </Button>
      ) : (
        <ConfirmButton
          size="xs"
          isDestructive={!isBlocked}
          aria-label={t(isBlocked ? 'users.list.unblockNamed' : 'users.list.blockNamed', { name })}
          title={t(isBlocked ? 'users.block.undoQuestion' : 'users.block.question', { name })}
          text={t(isBlocked ? 'users.block.undoText' : 'users.block.text')}
          confirm={t(isBlocked ? 'users.list.unblock' : 'users.list.block')}
          action={() => setBlocked(!isBlocked)}
        >
          {t(isBlocked ? 'users.list.unblock' : 'users.list.block')}
        </ConfirmButton>
      )}
      <ConfirmButton
        size="xs"
        variant="subtle"
        color="red"
        aria-label={t('users.list.deleteNamed', { name })}
        title={t('users.delete.question', { name })}
        text={t('users.delete.text')}
        confirm={t('common.action.delete')}
        action={async () => (await remove({ input: { id: user.id } }, context)).error}
      >
        {t('common.action.delete')}
      </ConfirmButton>
    </Group>
  );
}
