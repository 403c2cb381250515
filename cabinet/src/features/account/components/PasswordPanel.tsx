import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useValidators } from '@/features/session/hooks/useValidators';
import { useViewer } from '@/features/session/hooks/useViewer';
import { ChangePasswordDocument } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

const context = { additionalTypenames: ['SignInSession'] };

/** Changes one's password, which ends all other sessions. */
export function PasswordPanel() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const check = useValidators();
  const [, change] = useMutation(ChangePasswordDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { currentPassword: '', newPassword: '' },
    validate: { currentPassword: check.required, newPassword: check.password },
  });
  const toggle = { 'aria-label': t('session.field.showPassword'), tabIndex: 0 };
  return (
    <Panel title={t('account.password.title')} lead={t('account.password.lead')}>
      <form
        noValidate
        onSubmit={form.onSubmit((input) => {
          void submit({
            form,
            send: () => change({ input }, context),
            done: () => {
              form.reset();
              notifications.show({ message: t('account.password.done') });
            },
          });
        })}
      >
        <Stack>
          <input type="text" autoComplete="username" value={viewer.email} readOnly hidden />
          <PasswordInput
            label={t('account.password.current')}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={toggle}
            key={form.key('currentPassword')}
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label={t('session.field.newPassword')}
            description={t('session.field.passwordHint')}
            autoComplete="new-password"
            required
            visibilityToggleButtonProps={toggle}
            key={form.key('newPassword')}
            {...form.getInputProps('newPassword')}
          />
          <ProblemAlert error={error} />
          <Group>
            <Button type="submit" loading={pending}>
              {t('account.password.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
