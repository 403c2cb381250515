import { IconPlug } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { PbxConnectionsDocument } from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { ConnectionsTable } from '../components/ConnectionsTable';
import { RecordingRetention } from '../components/RecordingRetention';

const context = { additionalTypenames: ['PbxConnection'] };

/** PBXs and providers whose calls are told here. */
export function ConnectionsPage() {
  const { t } = useTranslation();
  const isAdmin = useCan('ADMIN');
  const [result, retry] = useQuery({ query: PbxConnectionsDocument, context });
  const add = isAdmin && <ButtonLink to="/telephony/connect">{t('connections.list.add')}</ButtonLink>;
  return (
    <Page title={t('connections.list.title')} lead={t('connections.list.lead')} actions={add}>
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
          {({ pbxConnections }) =>
            pbxConnections.length === 0 ? (
              <EmptyState
                icon={IconPlug}
                title={t('connections.list.emptyTitle')}
                text={t('connections.list.emptyText')}
              />
            ) : (
              <ConnectionsTable connections={pbxConnections} />
            )
          }
        </Loaded>
      </div>
      <RecordingRetention />
    </Page>
  );
}
