import { Button, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPhoneOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useFormat } from '@/format/useFormat';
import {
  BlockCallerDocument,
  BlockedCallersDocument,
  UnblockCallerDocument,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Page } from '@/ui/Page';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

const context = { additionalTypenames: ['BlockedCaller'] };

/** Callers whom scenarios with a blacklist refuse. */
export function BlacklistPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const [result, retry] = useQuery({ query: BlockedCallersDocument, context });
  const [, unblock] = useMutation(UnblockCallerDocument);
  return (
    <Page title={t('scenarios.blacklist.title')} lead={t('scenarios.blacklist.lead')}>
      <BlockForm />
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
          {({ blockedCallers }) =>
            blockedCallers.length === 0 ? (
              <EmptyState icon={IconPhoneOff} title={t('scenarios.blacklist.empty')} />
            ) : (
              <div
                className="table-scroll"
                role="region"
                aria-label={t('scenarios.blacklist.title')}
                tabIndex={0}
              >
                <Table verticalSpacing="sm" horizontalSpacing="md" miw={560}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('scenarios.blacklist.phone')}</Table.Th>
                      <Table.Th>{t('scenarios.blacklist.note')}</Table.Th>
                      <Table.Th>{t('scenarios.blacklist.since')}</Table.Th>
                      <Table.Th ta="right">{t('common.field.actions')}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {blockedCallers.map(({ phone, note, createdAt }) => (
                      <Table.Tr key={phone}>
                        <Table.Td className="numeric" style={{ whiteSpace: 'nowrap' }}>
                          {format.phone(phone)}
                        </Table.Td>
                        <Table.Td maw={320}>
                          <Text size="sm" className="break">
                            {note || '—'}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <Moment at={createdAt} as="date" />
                        </Table.Td>
                        <Table.Td ta="right">
                          <ConfirmButton
                            size="xs"
                            aria-label={t('scenarios.blacklist.removeNamed', { phone: format.phone(phone) })}
                            title={t('scenarios.blacklist.question', { phone: format.phone(phone) })}
                            text={t('scenarios.blacklist.removing')}
                            confirm={t('scenarios.blacklist.remove')}
                            isDestructive={false}
                            action={async () => (await unblock({ input: { phone } }, context)).error}
                          >
                            {t('scenarios.blacklist.remove')}
                          </ConfirmButton>
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}

function BlockForm() {
  const { t } = useTranslation();
  const [, block] = useMutation(BlockCallerDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    initialValues: { phone: '', note: '' },
    validate: { phone: (text) => (text.trim() === '' ? t('common.form.required') : null) },
  });
  return (
    <form
      className="panel"
      noValidate
      onSubmit={form.onSubmit(({ phone, note }) => {
        const input = { phone: phone.trim(), note: note.trim() };
        void submit({ form, send: () => block({ input }, context), done: () => form.reset() });
      })}
    >
      <Stack gap="sm">
        <Group align="flex-start" gap="sm">
          <TextInput
            label={t('scenarios.blacklist.phone')}
            type="tel"
            required
            style={{ flex: '1 1 200px' }}
            {...form.getInputProps('phone')}
          />
          <TextInput
            label={t('scenarios.blacklist.note')}
            maxLength={200}
            style={{ flex: '2 1 240px' }}
            {...form.getInputProps('note')}
          />
          <Button type="submit" loading={pending} mt={25}>
            {t('scenarios.blacklist.add')}
          </Button>
        </Group>
        <ProblemAlert error={error} />
      </Stack>
    </form>
  );
}
