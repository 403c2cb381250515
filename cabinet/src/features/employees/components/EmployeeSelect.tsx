import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { EmployeeNamesDocument } from '@/graphql/generated/graphql';

/** An employee to choose. */
export interface EmployeeName {
  id: string;
  name: string;
}

interface EmployeeSelectProps {
  label: string;
  /** Who is not offered. */
  without: readonly string[];
  onPick: (employee: EmployeeName) => void;
}

const context = { additionalTypenames: ['Employee'] };

/** Finds an employee by name, extension or phone; empties itself when one is chosen. */
export function EmployeeSelect({ label, without, onPick }: EmployeeSelectProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, 250);
  const [{ data }] = useQuery({ query: EmployeeNamesDocument, variables: { search }, context });
  const found = (data?.employees.nodes ?? []).filter(({ id }) => !without.includes(id));
  return (
    <Select
      label={label}
      placeholder={t('employees.select.hint')}
      searchable
      value={null}
      searchValue={text}
      onSearchChange={setText}
      // The server has searched already, in phones, too.
      filter={({ options }) => options}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={found.map(({ id, name, extension }) => ({
        value: id,
        label: extension ? `${name} · ${extension}` : name,
      }))}
      onChange={(id) => {
        const employee = found.find((candidate) => candidate.id === id);
        if (employee) {
          onPick({ id: employee.id, name: employee.name });
          setText('');
        }
      }}
    />
  );
}
