import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { CampaignsDocument } from '@/graphql/generated/graphql';

/** Chooses one of a site's campaigns. */
export function CampaignSelect({ siteId, ...props }: Omit<SelectProps, 'data'> & { siteId: string }) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: CampaignsDocument, variables: { siteId } });
  return (
    <Select
      label={t('campaigns.select.label')}
      placeholder={t('campaigns.select.any')}
      clearable
      searchable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={(data?.site.campaigns ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      {...props}
    />
  );
}
