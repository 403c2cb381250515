import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLinkOff } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { AcceptInvitationDocument, InvitationDocument } from '@/graphql/generated/graphql';
import { languageOf } from '@/i18n/languages';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { FrontPage } from '../components/FrontPage';
import { useSession } from '../hooks/useSession';
import { useValidators } from '../hooks/useValidators';

const route = getRouteApi('/invite');

/** Lets an invited person set name and password. */
export function InvitePage() {
  const { t, i18n } = useTranslation();
  const { token } = route.useSearch();
  const navigate = useNavigate();
  const { setViewer } = useSession();
  const check = useValidators();
  const [result, retry] = useQuery({
    query: InvitationDocument,
    variables: { token },
    requestPolicy: 'network-only',
  });
  const [, accept] = useMutation(AcceptInvitationDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', password: '' },
    validate: { name: check.required, password: check.password },
  });
  return (
    <FrontPage title={t('session.invite.title')}>
      <Loaded result={result} onRetry={() => retry()}>
        {({ invitation }) =>
          invitation ? (
            <form
              noValidate
              onSubmit={form.onSubmit((values) => {
                void submit({
                  form,
                  send: () => accept({ input: { token, ...values, language: languageOf(i18n.language) } }),
                  done: (data) => {
                    setViewer(data.acceptInvitation.user);
                    void navigate({ to: '/' });
                  },
                });
              })}
            >
              <Stack>
                <Text>
                  {t('session.invite.lead', {
                    account: invitation.accountName,
                    role: t(`users.role.${invitation.role}`),
                  })}
                </Text>
                <TextInput
                  label={t('session.field.email')}
                  value={invitation.email}
                  readOnly
                  autoComplete="username"
                />
                <TextInput
                  label={t('session.field.name')}
                  autoComplete="name"
                  required
                  key={form.key('name')}
                  {...form.getInputProps('name')}
                />
                <PasswordInput
                  label={t('session.field.newPassword')}
                  description={t('session.field.passwordHint')}
                  autoComplete="new-password"
                  required
                  visibilityToggleButtonProps={{ 'aria-label': t('session.field.showPassword'), tabIndex: 0 }}
                  key={form.key('password')}
                  {...form.getInputProps('password')}
                />
                <ProblemAlert error={error} />
                <Button type="submit" loading={pending}>
                  {t('session.invite.submit')}
                </Button>
              </Stack>
            </form>
          ) : (
            <EmptyState
              icon={IconLinkOff}
              title={t('session.invite.invalidTitle')}
              text={t('session.invite.invalidText')}
            />
          )
        }
      </Loaded>
    </FrontPage>
  );
}
