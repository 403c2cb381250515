import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { SignInDocument } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { FrontPage } from '../components/FrontPage';
import { useSession } from '../hooks/useSession';
import { useValidators } from '../hooks/useValidators';

/** Signs in; the router then opens the page that was wanted. */
export function SignInPage() {
  const { t } = useTranslation();
  const { setViewer } = useSession();
  const check = useValidators();
  const [, signIn] = useMutation(SignInDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: { email: check.email, password: check.required },
  });
  return (
    <FrontPage title={t('session.signIn.title')} lead={t('session.signIn.lead')}>
      <form
        noValidate
        onSubmit={form.onSubmit((input) => {
          void submit({
            form,
            send: () => signIn({ input: { ...input, email: input.email.trim() } }),
            done: (data) => setViewer(data.signIn.user),
          });
        })}
      >
        <Stack>
          <TextInput
            label={t('session.field.email')}
            type="email"
            autoComplete="username"
            withAsterisk={false}
            required
            data-autofocus
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('session.field.password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': t('session.field.showPassword'), tabIndex: 0 }}
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <ProblemAlert error={error} />
          <Button type="submit" loading={pending} fullWidth>
            {t('session.signIn.submit')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
