import { Badge, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallDetailFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { useCallWords } from '../hooks/useCallWords';

/** Who was rung, and why who did not answer did not. */
export function RungEmployees({ employees }: Pick<CallDetailFieldsFragment, 'employees'>) {
  const { t } = useTranslation();
  const words = useCallWords();
  return (
    <Panel title={t('calls.rung.title')}>
      {employees.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('calls.list.nobodyRung')}
        </Text>
      ) : (
        <Table horizontalSpacing={4} verticalSpacing="xs" style={{ verticalAlign: 'top' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('calls.rung.employee')}</Table.Th>
              <Table.Th>{t('calls.rung.at')}</Table.Th>
              <Table.Th>{t('calls.rung.outcome')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {employees.map(({ employee, rangAt, isAnswered, isTalked, reason }, index) => (
              <Table.Tr key={index}>
                <Table.Td className="break">
                  {employee.name}
                  {employee.extension && (
                    <Text span size="xs" c="dimmed">
                      {` · ${employee.extension}`}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Moment at={rangAt} as="time" />
                </Table.Td>
                <Table.Td>
                  {isTalked || isAnswered ? (
                    <Badge color="green">{t(isTalked ? 'calls.rung.talked' : 'calls.rung.answered')}</Badge>
                  ) : (
                    <Badge color={reason === '' ? 'yellow' : 'gray'}>
                      {reason === '' ? t('calls.state.RINGING') : words.legReason(reason)}
                    </Badge>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
