import { Button, Modal } from '@mantine/core';
import { IconHeadset, IconUserPlus } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import {
  type EmployeeFieldsFragment,
  EmployeesDocument,
  type EmployeesQuery,
} from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { PagedList } from '@/ui/PagedList';
import { countFilters } from '@/ui/searchParams';
import { EmployeeFilterBar } from '../components/EmployeeFilterBar';
import { EmployeeForm } from '../components/EmployeeForm';
import { EmployeesTable } from '../components/EmployeesTable';
import { employeeFilter, readEmployeeFilters } from '../filters';

const route = getRouteApi('/shell/employees');
const typenames = ['Employee', 'EmployeeGroup', 'CustomEmployeeStatus', 'Schedule'];
const select = (data: EmployeesQuery) => data.employees;

/** Who takes calls; filters are kept in the address. */
export function EmployeesPage() {
  const { t } = useTranslation();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const canChange = useCan('ADMIN');
  const [edited, setEdited] = useState<EmployeeFieldsFragment | 'new'>();
  const employee = edited === 'new' ? undefined : edited;
  const close = () => setEdited(undefined);
  const variables = { first: 50, filter: employeeFilter(filters) };
  const pages = usePages({ query: EmployeesDocument, variables, select, typenames });
  const isFiltered = countFilters(filters) > 0;
  const add = canChange && (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('employees.list.add')}
    </Button>
  );
  return (
    <Page title={t('employees.list.title')} lead={t('employees.list.lead')} actions={add}>
      <EmployeeFilterBar
        filters={filters}
        onChange={(next) =>
          void navigate({ to: '/employees', search: readEmployeeFilters({ ...next }), replace: true })
        }
      />
      <div className={pages.isStale ? 'panel panel-flush stale' : 'panel panel-flush'}>
        <PagedList
          pages={pages}
          empty={
            <EmptyState
              icon={IconHeadset}
              title={t(isFiltered ? 'common.state.nothingFound' : 'employees.list.emptyTitle')}
              text={t(isFiltered ? 'common.state.changeFilters' : 'employees.list.emptyText')}
            />
          }
        >
          {(employees) => <EmployeesTable employees={employees} onEdit={setEdited} />}
        </PagedList>
      </div>
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={employee ? t('employees.form.editTitle') : t('employees.form.title')}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
        size="xl"
      >
        <EmployeeForm key={employee?.id ?? 'new'} employee={employee} onDone={close} />
      </Modal>
    </Page>
  );
}
