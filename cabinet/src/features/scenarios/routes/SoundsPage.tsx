import { Alert, Button, FileButton, Table, Text } from '@mantine/core';
import { IconMusic, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation, useQuery } from 'urql';
import { toBase64 } from '@/features/costs/file';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import {
  DeleteMediaFileDocument,
  MediaFilesDocument,
  UploadMediaFileDocument,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Page } from '@/ui/Page';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { TextLink } from '@/ui/TextLink';
import { faultOfSound, type SoundFault } from '../sounds';

const context = { additionalTypenames: ['MediaFile'] };

/** The sounds scenarios play. */
export function SoundsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const canChange = useCan('ADMIN');
  const [result, retry] = useQuery({ query: MediaFilesDocument, context });
  const [{ fetching }, upload] = useMutation(UploadMediaFileDocument);
  const [, remove] = useMutation(DeleteMediaFileDocument);
  const [fault, setFault] = useState<SoundFault | null>(null);
  const [error, setError] = useState<CombinedError>();
  const send = async (file: File | null) => {
    if (!file) {
      return;
    }
    const found = faultOfSound(file);
    setFault(found);
    setError(undefined);
    if (!found) {
      const content = toBase64(new Uint8Array(await file.arrayBuffer()));
      setError((await upload({ input: { fileName: file.name, content } }, context)).error);
    }
  };
  return (
    <Page
      title={t('scenarios.sounds.title')}
      lead={t('scenarios.sounds.lead')}
      above={
        <TextLink to="/scenarios" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('scenarios.list.title')}
        </TextLink>
      }
      actions={
        canChange && (
          <FileButton
            accept=".wav,.mp3,audio/wav,audio/mpeg"
            inputProps={{ 'aria-label': t('scenarios.sounds.file') }}
            onChange={(file) => void send(file)}
          >
            {(props) => (
              <Button {...props} loading={fetching} leftSection={<IconUpload size={16} aria-hidden />}>
                {t('scenarios.sounds.upload')}
              </Button>
            )}
          </FileButton>
        )
      }
    >
      {fault && (
        <Alert color="red" variant="light" role="alert">
          {t(`scenarios.soundFault.${fault}`)}
        </Alert>
      )}
      <ProblemAlert error={error} />
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
          {({ mediaFiles }) =>
            mediaFiles.length === 0 ? (
              <EmptyState
                icon={IconMusic}
                title={t('scenarios.sounds.emptyTitle')}
                text={t('scenarios.sounds.emptyText')}
              />
            ) : (
              <div
                className="table-scroll"
                role="region"
                aria-label={t('scenarios.sounds.title')}
                tabIndex={0}
              >
                <Table verticalSpacing="sm" horizontalSpacing="md" miw={480}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('scenarios.form.name')}</Table.Th>
                      <Table.Th ta="right">{t('scenarios.sounds.size')}</Table.Th>
                      <Table.Th>{t('scenarios.sounds.added')}</Table.Th>
                      {canChange && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {mediaFiles.map(({ id, name, bytes, createdAt }) => (
                      <Table.Tr key={id}>
                        <Table.Td maw={320}>
                          <Text size="sm" fw={600} className="break">
                            {name}
                          </Text>
                        </Table.Td>
                        <Table.Td ta="right" className="numeric">
                          {t('scenarios.sounds.kilobytes', {
                            size: format.number(Math.max(1, Math.round(bytes / 1024))),
                          })}
                        </Table.Td>
                        <Table.Td>
                          <Moment at={createdAt} as="date" />
                        </Table.Td>
                        {canChange && (
                          <Table.Td ta="right">
                            <ConfirmButton
                              size="xs"
                              variant="subtle"
                              color="red"
                              aria-label={t('scenarios.list.deleteNamed', { name })}
                              title={t('scenarios.sounds.question', { name })}
                              text={t('scenarios.sounds.deleting')}
                              confirm={t('common.action.delete')}
                              action={async () => (await remove({ input: { id } }, context)).error}
                            >
                              {t('common.action.delete')}
                            </ConfirmButton>
                          </Table.Td>
                        )}
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
