import { Alert, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { PbxConnectionFieldsFragment } from '@/graphql/generated/graphql';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { HealthBadge } from './HealthBadge';

/** Whether a PBX is on the line, and what it told last. */
export function ConnectionHealth({ connection }: { connection: PbxConnectionFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel title={t('connections.health.title')}>
      <Stack gap="sm">
        {connection.isDown && (
          <Alert color="red" variant="light" title={t('connections.health.down')}>
            {t('connections.health.downText')}
          </Alert>
        )}
        {connection.failure !== '' && (
          <Alert color="orange" variant="light" title={t('connections.health.failing')}>
            <span className="break">{connection.failure}</span>
          </Alert>
        )}
        <Facts>
          <Fact name={t('connections.health.state')}>
            <HealthBadge connection={connection} />
          </Fact>
          <Fact name={t('connections.health.heartbeat')}>
            {connection.heartbeatAt ? <Moment at={connection.heartbeatAt} /> : t('connections.health.never')}
          </Fact>
          <Fact name={t('connections.health.activeCalls')}>
            {connection.isDown ? t('connections.health.unknown') : format.number(connection.activeCalls)}
          </Fact>
          {connection.version !== '' && (
            <Fact name={t('connections.health.version')}>{connection.version}</Fact>
          )}
        </Facts>
      </Stack>
    </Panel>
  );
}
