import { IconUserQuestion } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { DeleteEmployeeStatusDocument, EmployeeStatusesDocument } from '@/graphql/generated/graphql';
import { PartsPage } from '../components/PartsPage';
import { StatusForm } from '../components/StatusForm';
import { StatusText } from '../components/StatusText';

const context = { additionalTypenames: ['CustomEmployeeStatus', 'Employee'] };

/** Statuses of the account's own. */
export function StatusesPage() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: EmployeeStatusesDocument, context });
  const [, remove] = useMutation(DeleteEmployeeStatusDocument);
  return (
    <PartsPage
      texts={{
        title: t('employees.statuses.title'),
        lead: t('employees.statuses.lead'),
        add: t('employees.statuses.create'),
        edit: t('employees.statuses.edit'),
        empty: t('employees.statuses.empty'),
        deleting: t('employees.statuses.deleting'),
        column: t('employees.statuses.base'),
      }}
      icon={IconUserQuestion}
      result={result}
      onRetry={() => retry()}
      rows={(data) => data.employeeStatuses}
      name={(own) => <StatusText current={{ status: own.base, customStatus: own }} />}
      about={({ base }) => t(`employees.status.${base}`)}
      remove={async (id) => (await remove({ input: { id } }, context)).error}
      form={(status, onDone) => <StatusForm key={status?.id ?? 'new'} status={status} onDone={onDone} />}
    />
  );
}
