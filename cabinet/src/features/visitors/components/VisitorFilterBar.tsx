import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CampaignSelect } from '@/features/campaigns/components/CampaignSelect';
import { SiteSelect } from '@/features/sites/components/SiteSelect';
import { FilterBar } from '@/ui/FilterBar';
import { PeriodFields } from '@/ui/PeriodFields';
import { SearchInput } from '@/ui/SearchInput';
import { countFilters } from '@/ui/searchParams';
import { searchMin, type VisitorFilters } from '../filters';
import { ChannelSelect } from './ChannelSelect';

interface VisitorFilterBarProps {
  filters: VisitorFilters;
  onChange: (filters: VisitorFilters) => void;
}

/** Filters and order of the visitor list. */
export function VisitorFilterBar({ filters, onChange }: VisitorFilterBarProps) {
  const { t } = useTranslation();
  const change = (to: { [Name in keyof VisitorFilters]?: VisitorFilters[Name] | undefined }) =>
    onChange({ ...filters, ...to } as VisitorFilters);
  const order = `${filters.sort ?? 'last'}-${filters.dir ?? 'desc'}`;
  return (
    <FilterBar count={countFilters(filters)} onClear={() => onChange({})}>
      <SearchInput
        label={t('visitors.filter.search')}
        placeholder={t('visitors.filter.searchHint')}
        value={filters.q ?? ''}
        min={searchMin}
        onSearch={(q) => change({ q: q || undefined })}
      />
      <SiteSelect
        value={filters.site ?? null}
        onChange={(site) => change({ site: site ?? undefined, campaign: undefined })}
      />
      <ChannelSelect value={filters.channels} onChange={(channels) => change({ channels })} />
      <PeriodFields from={filters.from} to={filters.to} onChange={change} />
      <Select
        label={t('visitors.filter.contacts')}
        placeholder={t('visitors.filter.anyContacts')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.action.clear') }}
        data={[
          { value: 'yes', label: t('visitors.filter.withContacts') },
          { value: 'no', label: t('visitors.filter.withoutContacts') },
        ]}
        value={filters.contacts ?? null}
        onChange={(contacts) => change({ contacts: (contacts as 'yes' | 'no' | null) ?? undefined })}
      />
      {filters.site && (
        <CampaignSelect
          siteId={filters.site}
          value={filters.campaign ?? null}
          onChange={(campaign) => change({ campaign: campaign ?? undefined })}
        />
      )}
      <Select
        label={t('visitors.filter.order')}
        allowDeselect={false}
        data={[
          { value: 'last-desc', label: t('visitors.filter.lastDesc') },
          { value: 'last-asc', label: t('visitors.filter.lastAsc') },
          { value: 'first-desc', label: t('visitors.filter.firstDesc') },
          { value: 'first-asc', label: t('visitors.filter.firstAsc') },
        ]}
        value={order}
        onChange={(value) =>
          change({
            sort: value?.startsWith('first') ? 'first' : undefined,
            dir: value?.endsWith('asc') ? 'asc' : undefined,
          })
        }
      />
    </FilterBar>
  );
}
