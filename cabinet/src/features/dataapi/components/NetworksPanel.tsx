import { Alert, Badge, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { AllowedNetworksDocument, RemoveNetworkDocument } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { isEveryone } from '../networks';
import { NetworkForm } from './NetworkForm';

const context = { additionalTypenames: ['AllowedNetwork'] };

/** From where the Data API may be called. */
export function NetworksPanel() {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const [result, retry] = useQuery({ query: AllowedNetworksDocument, context });
  const [, remove] = useMutation(RemoveNetworkDocument);
  return (
    <Panel title={t('dataapi.networks.title')} lead={t('dataapi.networks.lead')}>
      <Loaded result={result} onRetry={() => retry()}>
        {({ allowedNetworks: networks }) => (
          <>
            {networks.length === 0 && (
              <Alert color="orange" variant="light" role="status" icon={<IconLock aria-hidden />}>
                {t('dataapi.networks.nobody')}
              </Alert>
            )}
            {networks.some(({ network }) => isEveryone(network)) && (
              <Alert color="orange" variant="light" role="status" icon={<IconAlertTriangle aria-hidden />}>
                {t('dataapi.networks.everyone')}
              </Alert>
            )}
            {networks.length > 0 && (
              <div
                className="table-scroll"
                role="region"
                aria-label={t('dataapi.networks.table')}
                tabIndex={0}
              >
                <Table verticalSpacing="xs" miw={520}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('dataapi.networks.network')}</Table.Th>
                      <Table.Th>{t('dataapi.networks.comment')}</Table.Th>
                      <Table.Th>{t('dataapi.networks.added')}</Table.Th>
                      {canChange && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {networks.map(({ network, comment, createdAt }) => (
                      <Table.Tr key={network}>
                        <Table.Td>
                          <span className="mono">{network}</span>{' '}
                          {isEveryone(network) && (
                            <Badge color="orange">{t('dataapi.networks.everyoneBadge')}</Badge>
                          )}
                        </Table.Td>
                        <Table.Td maw={260} className="break">
                          {comment || <Text c="dimmed">—</Text>}
                        </Table.Td>
                        <Table.Td>
                          <Moment at={createdAt} as="date" />
                        </Table.Td>
                        {canChange && (
                          <Table.Td ta="right">
                            <ConfirmButton
                              size="compact-xs"
                              variant="subtle"
                              color="red"
                              aria-label={t('dataapi.networks.removeNamed', { network })}
                              title={t('dataapi.networks.question', { network })}
                              text={t('dataapi.networks.questionText')}
                              confirm={t('common.action.delete')}
                              action={async () => (await remove({ input: { network } }, context)).error}
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
            )}
            {canChange ? (
              <NetworkForm />
            ) : (
              <Text size="sm" c="dimmed">
                {t('dataapi.networks.readOnly')}
              </Text>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
