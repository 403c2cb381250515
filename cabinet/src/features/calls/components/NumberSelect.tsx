import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useFormat } from '@/format/useFormat';
import { CallNumbersDocument } from '@/graphql/generated/graphql';

const context = { additionalTypenames: ['VirtualNumber'] };
const atHand = 100;

/** Chooses a virtual number by its digits or name. */
export function NumberSelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 300);
  const [{ data }] = useQuery({ query: CallNumbersDocument, variables: { search: null }, context });
  const first = data?.virtualNumbers.nodes ?? [];
  // A hundred are at hand; of more, those that bear the text are asked for.
  const isMore = first.length >= atHand && search.length >= 3;
  const [{ data: found }] = useQuery({
    query: CallNumbersDocument,
    variables: { search },
    context,
    pause: !isMore,
  });
  const more = isMore ? (found?.virtualNumbers.nodes ?? []) : [];
  const all = new Map([...first, ...more].map((number) => [number.id, number]));
  return (
    <Select
      label={t('calls.filter.number')}
      placeholder={t('calls.filter.anyNumber')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      nothingFoundMessage={t('common.state.nothingFound')}
      onSearchChange={setText}
      data={[...all.values()].map(({ id, number, name }) => ({
        value: id,
        label: name ? `${format.phone(number)} · ${name}` : format.phone(number),
      }))}
      {...props}
    />
  );
}
