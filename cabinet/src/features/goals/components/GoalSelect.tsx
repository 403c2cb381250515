import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { GoalsDocument } from '@/graphql/generated/graphql';
import { goalName } from '../goalName';

/** Chooses one of a site's goals. */
export function GoalSelect({ siteId, ...props }: Omit<SelectProps, 'data'> & { siteId: string }) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: GoalsDocument, variables: { siteId } });
  return (
    <Select
      label={t('goals.select.label')}
      placeholder={t('goals.select.any')}
      clearable
      searchable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={(data?.site.goals ?? []).map(({ id, name }) => ({ value: id, label: goalName(name, t) }))}
      {...props}
    />
  );
}
