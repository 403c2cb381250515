import { SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { PbxConnectionDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { ConnectionActions } from '../components/ConnectionActions';
import { ConnectionAddresses } from '../components/ConnectionAddresses';
import { ConnectionHealth } from '../components/ConnectionHealth';
import { ConnectionLines } from '../components/ConnectionLines';
import { ConnectionSettings } from '../components/ConnectionSettings';
import { SetupGuide } from '../components/SetupGuide';

const route = getRouteApi('/shell/telephony/$connectionId');
const context = { additionalTypenames: ['PbxConnection'] };
/** How often health is read anew, in milliseconds. */
const renewEvery = 15_000;

/** One attached PBX or provider. */
export function ConnectionPage() {
  const { connectionId } = route.useParams();
  const { t } = useTranslation();
  const isAdmin = useCan('ADMIN');
  const [result, retry] = useQuery({
    query: PbxConnectionDocument,
    variables: { id: connectionId },
    context,
  });
  const connection = result.data?.pbxConnection.id === connectionId ? result.data.pbxConnection : undefined;
  useEffect(() => {
    const timer = window.setInterval(() => retry({ requestPolicy: 'network-only' }), renewEvery);
    return () => window.clearInterval(timer);
  }, [retry]);
  return (
    <Page
      key={connectionId}
      title={connection?.name ?? t('connections.list.one')}
      lead={connection && t(`connections.kind.${connection.kind}`)}
      above={
        <TextLink to="/telephony" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('connections.list.title')}
        </TextLink>
      }
      actions={connection && isAdmin && <ConnectionActions connection={connection} />}
    >
      <Loaded
        result={{ data: connection, error: connection ? undefined : result.error }}
        onRetry={() => retry({ requestPolicy: 'network-only' })}
        skeleton={<Skeleton height={320} />}
      >
        {(connection) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
            <Stack gap="md" miw={0}>
              <ConnectionHealth connection={connection} />
              {isAdmin && <ConnectionSettings key={connection.id} connection={connection} />}
              <ConnectionLines lines={connection.lines} />
            </Stack>
            <Stack gap="md" miw={0}>
              {isAdmin && (
                <Panel title={t('connections.address.title')}>
                  <ConnectionAddresses connection={connection} />
                </Panel>
              )}
              <Panel title={t('connections.guide.title')}>
                <SetupGuide kind={connection.kind} />
              </Panel>
            </Stack>
          </SimpleGrid>
        )}
      </Loaded>
    </Page>
  );
}
