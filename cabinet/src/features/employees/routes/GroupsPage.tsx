import { Text } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { DeleteEmployeeGroupDocument, EmployeeGroupsDocument } from '@/graphql/generated/graphql';
import { GroupForm } from '../components/GroupForm';
import { PartsPage } from '../components/PartsPage';

const context = { additionalTypenames: ['EmployeeGroup', 'Employee'] };

/** Groups of employees who are rung together, or one after the other. */
export function GroupsPage() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: EmployeeGroupsDocument, context });
  const [, remove] = useMutation(DeleteEmployeeGroupDocument);
  return (
    <PartsPage
      texts={{
        title: t('employees.groups.title'),
        lead: t('employees.groups.lead'),
        add: t('employees.groups.create'),
        edit: t('employees.groups.edit'),
        empty: t('employees.groups.empty'),
        deleting: t('employees.groups.deleting'),
        column: t('employees.groups.members'),
      }}
      icon={IconUsersGroup}
      result={result}
      onRetry={() => retry()}
      rows={(data) => data.employeeGroups}
      about={({ members }) => (
        <Text size="sm" className="break">
          {members.map(({ name }) => name).join(', ') || '—'}
        </Text>
      )}
      remove={async (id) => (await remove({ input: { id } }, context)).error}
      form={(group, onDone) => <GroupForm key={group?.id ?? 'new'} group={group} onDone={onDone} />}
    />
  );
}
