import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { CallEmployeesDocument } from '@/graphql/generated/graphql';

const context = { additionalTypenames: ['Employee'] };

/** Chooses an employee by name or extension. */
export function EmployeeSelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 300);
  const [{ data }] = useQuery({ query: CallEmployeesDocument, variables: { search: null }, context });
  // A hundred are at hand; of more, those that bear the text are asked for.
  const isMore = (data?.employees.nodes.length ?? 0) >= 100 && search.length >= 2;
  const [{ data: found }] = useQuery({
    query: CallEmployeesDocument,
    variables: { search },
    context,
    pause: !isMore,
  });
  const all = new Map(
    [...(data?.employees.nodes ?? []), ...((isMore && found?.employees.nodes) || [])].map((employee) => [
      employee.id,
      employee,
    ]),
  );
  return (
    <Select
      label={t('calls.filter.employee')}
      placeholder={t('calls.filter.anybody')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      nothingFoundMessage={t('common.state.nothingFound')}
      onSearchChange={setText}
      data={[...all.values()].map(({ id, name, extension }) => ({
        value: id,
        label: extension ? `${name} · ${extension}` : name,
      }))}
      {...props}
    />
  );
}
