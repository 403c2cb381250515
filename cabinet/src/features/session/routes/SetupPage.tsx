import { Button, PasswordInput, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLinkOff } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { CompleteSetupDocument } from '@/graphql/generated/graphql';
import { languageOf } from '@/i18n/languages';
import { CurrencySelect } from '@/ui/CurrencySelect';
import { EmptyState } from '@/ui/EmptyState';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { TimeZoneSelect } from '@/ui/TimeZoneSelect';
import { useSubmit } from '@/ui/useSubmit';
import { FrontPage } from '../components/FrontPage';
import { useSession } from '../hooks/useSession';
import { useValidators } from '../hooks/useValidators';

const route = getRouteApi('/setup');

/** First start: makes the first account and its owner. */
export function SetupPage() {
  const { t, i18n } = useTranslation();
  const { token } = route.useSearch();
  const navigate = useNavigate();
  const { setViewer } = useSession();
  const check = useValidators();
  const [, complete] = useMutation(CompleteSetupDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: {
      accountName: '',
      timezone: 'Europe/Moscow',
      currency: 'RUB',
      name: '',
      email: '',
      password: '',
    },
    validate: {
      accountName: check.required,
      timezone: check.required,
      currency: check.required,
      name: check.required,
      email: check.email,
      password: check.password,
    },
  });
  if (token === '') {
    return (
      <FrontPage title={t('session.setup.title')}>
        <EmptyState
          icon={IconLinkOff}
          title={t('session.setup.noTokenTitle')}
          text={t('session.setup.noTokenText')}
        />
      </FrontPage>
    );
  }
  return (
    <FrontPage title={t('session.setup.title')} lead={t('session.setup.lead')}>
      <form
        noValidate
        onSubmit={form.onSubmit((values) => {
          void submit({
            form,
            send: () => complete({ input: { ...values, token, language: languageOf(i18n.language) } }),
            done: (data) => {
              setViewer(data.completeSetup.user);
              void navigate({ to: '/' });
            },
          });
        })}
      >
        <Stack>
          <TextInput
            label={t('session.setup.accountName')}
            autoComplete="organization"
            required
            key={form.key('accountName')}
            {...form.getInputProps('accountName')}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TimeZoneSelect key={form.key('timezone')} {...form.getInputProps('timezone')} />
            <CurrencySelect key={form.key('currency')} {...form.getInputProps('currency')} />
          </SimpleGrid>
          <TextInput
            label={t('session.field.name')}
            autoComplete="name"
            required
            key={form.key('name')}
            {...form.getInputProps('name')}
          />
          <TextInput
            label={t('session.field.email')}
            type="email"
            autoComplete="username"
            required
            key={form.key('email')}
            {...form.getInputProps('email')}
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
            {t('session.setup.submit')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
