import { Badge, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { known } from '@/features/calls/words';
import type { PbxConnectionFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';

const states = ['free', 'busy', 'unavailable'] as const;
const colors: Record<string, string> = { free: 'green', busy: 'orange', unavailable: 'gray' };

/** The lines a PBX told of. */
export function ConnectionLines({ lines }: Pick<PbxConnectionFieldsFragment, 'lines'>) {
  const { t } = useTranslation();
  return (
    <Panel title={t('connections.lines.title')}>
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('connections.lines.none')}
        </Text>
      ) : (
        <Table horizontalSpacing={4} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('connections.lines.line')}</Table.Th>
              <Table.Th>{t('connections.lines.extension')}</Table.Th>
              <Table.Th>{t('connections.lines.state')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map(({ line, extension, state, changedAt }) => {
              const word = known(states, state);
              return (
                <Table.Tr key={line}>
                  <Table.Td className="break">{line}</Table.Td>
                  <Table.Td>{extension || '—'}</Table.Td>
                  <Table.Td>
                    <Badge color={colors[state] ?? 'gray'}>{word ? t(`monitor.line.${word}`) : state}</Badge>
                    <Text size="xs" c="dimmed">
                      <Moment at={changedAt} as="ago" />
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Moment at={changedAt} as="ago" />
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
