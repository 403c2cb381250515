import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { CallEmployeeGroupsDocument } from '@/graphql/generated/graphql';

const context = { additionalTypenames: ['EmployeeGroup'] };

/** Chooses a group of employees. */
export function GroupSelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: CallEmployeeGroupsDocument, context });
  return (
    <Select
      label={t('calls.filter.group')}
      placeholder={t('calls.filter.anyGroup')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={(data?.employeeGroups ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      {...props}
    />
  );
}
