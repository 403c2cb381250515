import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSites } from '../hooks/useSites';

/** Chooses one of the account's sites. */
export function SiteSelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation();
  const [{ data }] = useSites();
  return (
    <Select
      label={t('sites.select.label')}
      placeholder={t('sites.select.all')}
      clearable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      data={(data?.sites ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      {...props}
    />
  );
}
