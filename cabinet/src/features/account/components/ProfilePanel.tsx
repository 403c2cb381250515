import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useSession } from '@/features/session/hooks/useSession';
import { useValidators } from '@/features/session/hooks/useValidators';
import { useViewer } from '@/features/session/hooks/useViewer';
import { type Language, UpdateProfileDocument } from '@/graphql/generated/graphql';
import { languages } from '@/i18n/languages';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

/** One's name and language. */
export function ProfilePanel() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const { setViewer } = useSession();
  const check = useValidators();
  const [, update] = useMutation(UpdateProfileDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<{ name: string; language: Language }>({
    initialValues: { name: viewer.name, language: viewer.language },
    validate: { name: check.required },
  });
  return (
    <Panel title={t('account.profile.title')}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ name, language }) => {
          void submit({
            form,
            send: () => update({ input: { name: name.trim(), language } }),
            done: (data) => {
              setViewer(data.updateProfile.user);
              form.resetDirty();
              notifications.show({ message: t('common.state.saved') });
            },
          });
        })}
      >
        <Stack>
          <TextInput
            label={t('session.field.name')}
            autoComplete="name"
            required
            {...form.getInputProps('name')}
          />
          <TextInput label={t('session.field.email')} value={viewer.email} readOnly autoComplete="email" />
          <TextInput
            label={t('account.profile.role')}
            value={t(`users.role.${viewer.role}`)}
            readOnly
            autoComplete="off"
          />
          <Select
            label={t('account.profile.language')}
            allowDeselect={false}
            data={languages}
            {...form.getInputProps('language')}
          />
          <ProblemAlert error={error} />
          <Group>
            <Button type="submit" loading={pending} disabled={!form.isDirty()}>
              {t('common.action.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
