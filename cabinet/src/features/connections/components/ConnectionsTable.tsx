import { Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { PbxConnectionFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { TextLink } from '@/ui/TextLink';
import { HealthBadge } from './HealthBadge';

/** The attached PBXs and providers. */
export function ConnectionsTable({ connections }: { connections: PbxConnectionFieldsFragment[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="table-scroll" role="region" aria-label={t('connections.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover miw={680}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('connections.list.name')}</Table.Th>
            <Table.Th>{t('connections.list.kind')}</Table.Th>
            <Table.Th>{t('connections.health.state')}</Table.Th>
            <Table.Th>{t('connections.health.heartbeat')}</Table.Th>
            <Table.Th>{t('connections.health.activeCalls')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {connections.map((connection) => (
            <Table.Tr key={connection.id}>
              <Table.Td maw={280}>
                <TextLink
                  to="/telephony/$connectionId"
                  params={{ connectionId: connection.id }}
                  size="sm"
                  fw={600}
                  className="break"
                >
                  {connection.name}
                </TextLink>
                {connection.failure !== '' && (
                  <Text size="xs" c="var(--mantine-color-error)" className="break" lineClamp={2}>
                    {connection.failure}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{t(`connections.kind.${connection.kind}`)}</Table.Td>
              <Table.Td>
                <HealthBadge connection={connection} />
              </Table.Td>
              <Table.Td>
                {connection.heartbeatAt ? <Moment at={connection.heartbeatAt} as="ago" /> : '—'}
              </Table.Td>
              <Table.Td className="numeric">
                {connection.isDown ? t('connections.health.unknown') : format.number(connection.activeCalls)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
