import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { AllowNetworkDocument } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { isEveryone, isNetwork } from '../networks';

const context = { additionalTypenames: ['AllowedNetwork'] };

/** Lets a network in. */
export function NetworkForm() {
  const { t } = useTranslation();
  const [, allow] = useMutation(AllowNetworkDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    initialValues: { network: '', comment: '' },
    validate: { network: (text) => (isNetwork(text) ? null : t('dataapi.networks.invalid')) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ network, comment }) => {
        void submit({
          form,
          send: () => allow({ input: { network: network.trim(), comment: comment.trim() } }, context),
          done: () => form.reset(),
        });
      })}
    >
      <Stack gap="xs">
        <Group align="flex-start" gap="xs">
          <TextInput
            label={t('dataapi.networks.network')}
            placeholder="203.0.113.7"
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            autoComplete="off"
            w={{ base: '100%', xs: 220 }}
            {...form.getInputProps('network')}
          />
          <TextInput
            label={t('dataapi.networks.comment')}
            placeholder={t('dataapi.networks.commentHint')}
            maxLength={200}
            w={{ base: '100%', xs: 260 }}
            {...form.getInputProps('comment')}
          />
          <Button type="submit" loading={pending} mt={{ base: 0, xs: 24 }}>
            {t('dataapi.networks.add')}
          </Button>
        </Group>
        {isEveryone(form.values.network) && (
          <Alert color="orange" variant="light" role="status" icon={<IconAlertTriangle aria-hidden />}>
            {t('dataapi.networks.everyoneSoon')}
          </Alert>
        )}
        <ProblemAlert error={error} />
      </Stack>
    </form>
  );
}
