import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import type { EmployeeFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { PhoneLink } from '@/ui/PhoneLink';
import { StatusMenu } from './StatusMenu';
import { StatusText } from './StatusText';

interface EmployeesTableProps {
  employees: EmployeeFieldsFragment[];
  onEdit: (employee: EmployeeFieldsFragment) => void;
}

/** Employees with their numbers, groups and status. */
export function EmployeesTable({ employees, onEdit }: EmployeesTableProps) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  return (
    <div className="table-scroll" role="region" aria-label={t('employees.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={940}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('employees.list.employee')}</Table.Th>
            <Table.Th>{t('employees.list.extension')}</Table.Th>
            <Table.Th>{t('employees.list.phones')}</Table.Th>
            <Table.Th>{t('employees.list.groups')}</Table.Th>
            <Table.Th>{t('employees.list.status')}</Table.Th>
            {canChange && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {employees.map((employee) => (
            <Table.Tr key={employee.id}>
              <Table.Td maw={260}>
                <Text size="sm" fw={600} className="break">
                  {employee.name}
                </Text>
                <Text size="xs" c="dimmed" className="break">
                  {[employee.email, employee.schedule?.name].filter(Boolean).join(' · ')}
                </Text>
              </Table.Td>
              <Table.Td className="numeric">{employee.extension || '—'}</Table.Td>
              <Table.Td>
                <Phones employee={employee} />
              </Table.Td>
              <Table.Td maw={220}>
                <Group gap={4}>
                  {employee.groups.map(({ id, name }) => (
                    <Badge key={id} color="gray" variant="light" tt="none">
                      {name}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>
                {canChange ? (
                  <StatusMenu
                    employeeId={employee.id}
                    current={employee}
                    label={t('employees.list.statusOf', { name: employee.name })}
                  />
                ) : (
                  <StatusText current={employee} />
                )}
                <Text size="xs" c="dimmed" mt={2}>
                  {t('employees.list.since')} <Moment at={employee.statusAt} />
                </Text>
              </Table.Td>
              {canChange && (
                <Table.Td>
                  <Group justify="flex-end" wrap="nowrap">
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => onEdit(employee)}
                      aria-label={t('employees.list.editNamed', { name: employee.name })}
                    >
                      {t('common.action.edit')}
                    </Button>
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Phones({ employee: { phones } }: { employee: EmployeeFieldsFragment }) {
  const { t } = useTranslation();
  if (phones.length === 0) {
    return '—';
  }
  return phones.map(({ kind, number, isActive }) => (
    <Text key={number} size="sm" component="div" className={kind === 'NUMBER' ? 'numeric' : 'break'}>
      {kind === 'NUMBER' ? <PhoneLink phone={number} /> : t('employees.list.line', { name: number })}
      {!isActive && (
        <Text size="xs" c="dimmed" component="span">
          {' '}
          {t('employees.list.inactive')}
        </Text>
      )}
    </Text>
  ));
}
