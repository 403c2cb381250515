import { Button, Group, Radio, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useValidators } from '@/features/session/hooks/useValidators';
import { useViewer } from '@/features/session/hooks/useViewer';
import { grantableRoles } from '@/features/session/session';
import { InviteUserDocument, type Role } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import type { InvitationLink } from './UsersTable';

const context = { additionalTypenames: ['User'] };

/** Invites a person; the link is shown afterwards. */
export function InviteForm({ onInvited }: { onInvited: (link: InvitationLink) => void }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const check = useValidators();
  const [, invite] = useMutation(InviteUserDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<{ email: string; role: Role }>({
    mode: 'uncontrolled',
    initialValues: { email: '', role: 'ANALYST' },
    validate: { email: check.email },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, role }) => {
        void submit({
          form,
          send: () => invite({ input: { email: email.trim(), role } }, context),
          done: ({ inviteUser: { user, inviteUrl, expiresAt } }) =>
            onInvited({ email: user.email, inviteUrl, expiresAt }),
        });
      })}
    >
      <Stack>
        <TextInput
          label={t('session.field.email')}
          type="email"
          autoComplete="off"
          required
          data-autofocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <Radio.Group label={t('users.list.role')} key={form.key('role')} {...form.getInputProps('role')}>
          <Stack gap="sm" mt="xs">
            {grantableRoles(viewer.role).map((role) => (
              <Radio
                key={role}
                value={role}
                label={t(`users.role.${role}`)}
                description={t(`users.roleHint.${role}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {t('users.invite.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
