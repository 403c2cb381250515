import { Button, Fieldset, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useSession } from '@/features/session/hooks/useSession';
import { useValidators } from '@/features/session/hooks/useValidators';
import { useViewer } from '@/features/session/hooks/useViewer';
import { UpdateAccountDocument } from '@/graphql/generated/graphql';
import { CopyableId } from '@/ui/CopyableId';
import { CurrencySelect } from '@/ui/CurrencySelect';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { TimeZoneSelect } from '@/ui/TimeZoneSelect';
import { useSubmit } from '@/ui/useSubmit';

/** The company: name, time zone, currency, keys. */
export function AccountPanel() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const { setViewer, session } = useSession();
  const canChange = useCan('ADMIN');
  const check = useValidators();
  const [, update] = useMutation(UpdateAccountDocument);
  const { pending, error, submit } = useSubmit();
  const { account } = viewer;
  const form = useForm({
    initialValues: { name: account.name, timezone: account.timezone, currency: account.currency },
    validate: { name: check.required, timezone: check.required, currency: check.required },
  });
  return (
    <Panel title={t('account.company.title')}>
      <form
        noValidate
        onSubmit={form.onSubmit((values) => {
          void submit({
            form,
            send: () => update({ input: { ...values, name: values.name.trim() } }),
            done: (data) => {
              setViewer({ ...viewer, account: data.updateAccount.account });
              form.resetDirty();
              notifications.show({ message: t('common.state.saved') });
            },
          });
        })}
      >
        <Fieldset variant="unstyled" className="bare" disabled={!canChange}>
          <Stack>
            <TextInput
              label={t('session.setup.accountName')}
              autoComplete="organization"
              required
              {...form.getInputProps('name')}
            />
            <TimeZoneSelect
              description={t('account.company.timezoneHint')}
              {...form.getInputProps('timezone')}
            />
            <CurrencySelect {...form.getInputProps('currency')} />
            <ProblemAlert error={error} />
            {canChange && (
              <Group>
                <Button type="submit" loading={pending} disabled={!form.isDirty()}>
                  {t('common.action.save')}
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
      <Facts>
        <Fact name={t('account.company.appKey')}>
          <CopyableId value={account.appKey} />
        </Fact>
        <Fact name={t('account.company.id')}>
          <CopyableId value={account.id} />
        </Fact>
        <Fact name={t('account.company.version')}>{session.instance.version}</Fact>
      </Facts>
    </Panel>
  );
}
