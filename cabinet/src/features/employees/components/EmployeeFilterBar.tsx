import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { EmployeeGroupsDocument, EmployeeStatusesDocument } from '@/graphql/generated/graphql';
import { FilterBar } from '@/ui/FilterBar';
import { SearchInput } from '@/ui/SearchInput';
import { countFilters } from '@/ui/searchParams';
import type { EmployeeFilters } from '../filters';
import { statuses } from '../statuses';

interface EmployeeFilterBarProps {
  filters: EmployeeFilters;
  onChange: (filters: EmployeeFilters) => void;
}

const ofGroups = { additionalTypenames: ['EmployeeGroup'] };
const ofStatuses = { additionalTypenames: ['CustomEmployeeStatus'] };

/** Filters of the list of employees. */
export function EmployeeFilterBar({ filters, onChange }: EmployeeFilterBarProps) {
  const { t } = useTranslation();
  const [groups] = useQuery({ query: EmployeeGroupsDocument, context: ofGroups });
  const [own] = useQuery({ query: EmployeeStatusesDocument, context: ofStatuses });
  const change = (to: { [Name in keyof EmployeeFilters]?: EmployeeFilters[Name] | undefined }) =>
    onChange({ ...filters, ...to } as EmployeeFilters);
  const clear = { 'aria-label': t('common.action.clear') };
  return (
    <FilterBar count={countFilters(filters)} onClear={() => onChange({})}>
      <SearchInput
        label={t('employees.filter.search')}
        placeholder={t('employees.filter.searchHint')}
        value={filters.q ?? ''}
        min={2}
        onSearch={(q) => change({ q: q || undefined })}
      />
      <Select
        label={t('employees.filter.group')}
        placeholder={t('employees.filter.anyGroup')}
        clearable
        clearButtonProps={clear}
        data={(groups.data?.employeeGroups ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.group ?? null}
        onChange={(group) => change({ group: group ?? undefined })}
      />
      <Select
        label={t('employees.filter.status')}
        placeholder={t('employees.filter.anyStatus')}
        clearable
        clearButtonProps={clear}
        data={[
          ...[...statuses, 'UNKNOWN' as const].map((value) => ({
            value: value as string,
            label: t(`employees.status.${value}`),
          })),
          ...(own.data?.employeeStatuses ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={filters.status ?? null}
        onChange={(status) => change({ status: status ?? undefined })}
      />
    </FilterBar>
  );
}
