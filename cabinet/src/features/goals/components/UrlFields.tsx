import { Select, SimpleGrid, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { UrlMatch } from '@/graphql/generated/graphql';
import { type GoalValues, needsUrl } from '../goalForm';

const matches: UrlMatch[] = ['CONTAINS', 'EXACT', 'STARTS', 'REGEXP'];

/** An address and how it is compared. */
export function UrlFields({ form }: { form: UseFormReturnType<GoalValues> }) {
  const { t } = useTranslation();
  const required = needsUrl(form.getValues().type);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <Select
        label={t('goals.form.urlMatch')}
        allowDeselect={false}
        data={matches.map((value) => ({ value, label: t(`goals.match.${value}`) }))}
        {...form.getInputProps('urlMatch')}
      />
      <TextInput
        label={t(required ? 'goals.form.url' : 'goals.form.urlOptional')}
        placeholder="/thank-you"
        required={required}
        {...form.getInputProps('url')}
      />
    </SimpleGrid>
  );
}
