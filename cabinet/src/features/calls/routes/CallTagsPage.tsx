import { Button, Group, Table, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconTag } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { CreateCallTagDocument, DeleteCallTagDocument } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { TextLink } from '@/ui/TextLink';
import { useSubmit } from '@/ui/useSubmit';
import { useCallTags } from '../hooks/useCallTags';

/** The tags calls may be given. */
export function CallTagsPage() {
  const { t } = useTranslation();
  const isAdmin = useCan('ADMIN');
  const [result, retry] = useCallTags();
  const [, remove] = useMutation(DeleteCallTagDocument);
  return (
    <Page
      title={t('calls.tags.pageTitle')}
      lead={t('calls.tags.lead')}
      above={
        <TextLink to="/calls" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('calls.list.title')}
        </TextLink>
      }
    >
      {isAdmin && <NewTag />}
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
          {({ callTags }) =>
            callTags.length === 0 ? (
              <EmptyState
                icon={IconTag}
                title={t('calls.tags.emptyTitle')}
                text={t('calls.tags.emptyText')}
              />
            ) : (
              <Table verticalSpacing="sm" horizontalSpacing="md">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('calls.tags.name')}</Table.Th>
                    {isAdmin && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {callTags.map(({ id, name }) => (
                    <Table.Tr key={id}>
                      <Table.Td className="break">
                        <TextLink to="/calls" search={{ tag: id }} size="sm">
                          {name}
                        </TextLink>
                      </Table.Td>
                      {isAdmin && (
                        <Table.Td ta="right">
                          <ConfirmButton
                            size="compact-sm"
                            aria-label={`${t('common.action.delete')}: ${name}`}
                            title={t('calls.tags.deleteTitle', { name })}
                            text={t('calls.tags.deleteText')}
                            confirm={t('common.action.delete')}
                            action={async () => (await remove({ input: { id } })).error}
                          >
                            {t('common.action.delete')}
                          </ConfirmButton>
                        </Table.Td>
                      )}
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}

function NewTag() {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateCallTagDocument);
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (name) => (name.trim() === '' ? t('common.form.required') : null) },
  });
  const { pending, error, submit } = useSubmit();
  return (
    <form
      className="panel"
      onSubmit={form.onSubmit(({ name }) =>
        submit({
          form,
          send: () => create({ input: { name: name.trim() } }),
          done: () => form.reset(),
        }),
      )}
    >
      <Group align="flex-start">
        <TextInput
          label={t('calls.tags.new')}
          maxLength={100}
          style={{ flex: '1 1 220px' }}
          {...form.getInputProps('name')}
        />
        <Button type="submit" loading={pending} mt={25}>
          {t('calls.tags.create')}
        </Button>
      </Group>
      <ProblemAlert error={error} />
    </form>
  );
}
