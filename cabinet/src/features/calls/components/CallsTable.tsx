import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallListFieldsFragment } from '@/graphql/generated/graphql';
import { CallRow } from './CallRow';

/** The rows of the list of calls. */
export function CallsTable({ calls }: { calls: CallListFieldsFragment[] }) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll" role="region" aria-label={t('calls.list.title')} tabIndex={0}>
      <Table
        verticalSpacing="sm"
        horizontalSpacing="xs"
        highlightOnHover
        miw={880}
        style={{ verticalAlign: 'top' }}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('calls.list.when')}</Table.Th>
            <Table.Th>{t('calls.list.contact')}</Table.Th>
            <Table.Th>{t('calls.list.employee')}</Table.Th>
            <Table.Th style={{ whiteSpace: 'normal' }}>{t('calls.list.durations')}</Table.Th>
            <Table.Th>{t('calls.list.source')}</Table.Th>
            <Table.Th>{t('common.field.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call) => (
            <CallRow key={call.id} call={call} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
