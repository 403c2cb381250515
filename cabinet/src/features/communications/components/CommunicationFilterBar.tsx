import { MultiSelect, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CampaignSelect } from '@/features/campaigns/components/CampaignSelect';
import { GoalSelect } from '@/features/goals/components/GoalSelect';
import { SiteSelect } from '@/features/sites/components/SiteSelect';
import { ChannelSelect } from '@/features/visitors/components/ChannelSelect';
import { searchMin } from '@/features/visitors/filters';
import type { CommunicationKind } from '@/graphql/generated/graphql';
import { FilterBar } from '@/ui/FilterBar';
import { PeriodFields } from '@/ui/PeriodFields';
import { SearchInput } from '@/ui/SearchInput';
import { countFilters } from '@/ui/searchParams';
import { type CommunicationFilters, kinds } from '../filters';

interface CommunicationFilterBarProps {
  filters: CommunicationFilters;
  onChange: (filters: CommunicationFilters) => void;
}

/** Filters and order of the communication list. */
export function CommunicationFilterBar({ filters, onChange }: CommunicationFilterBarProps) {
  const { t } = useTranslation();
  const change = (to: { [Name in keyof CommunicationFilters]?: CommunicationFilters[Name] | undefined }) =>
    onChange({ ...filters, ...to } as CommunicationFilters);
  const chosen = filters.kinds ?? [];
  return (
    <FilterBar count={countFilters(filters)} onClear={() => onChange({})}>
      <SearchInput
        label={t('communications.filter.search')}
        placeholder={t('communications.filter.searchHint')}
        value={filters.q ?? ''}
        min={searchMin}
        onSearch={(q) => change({ q: q || undefined })}
      />
      <MultiSelect
        label={t('communications.filter.kinds')}
        placeholder={chosen.length === 0 ? t('communications.filter.anyKind') : undefined}
        clearable
        clearButtonProps={{ 'aria-label': t('common.action.clear') }}
        data={kinds.map((value) => ({ value, label: t(`communications.kind.${value}`) }))}
        value={chosen}
        onChange={(next) => change({ kinds: next.length > 0 ? (next as CommunicationKind[]) : undefined })}
      />
      <SiteSelect
        value={filters.site ?? null}
        onChange={(site) => change({ site: site ?? undefined, campaign: undefined, goal: undefined })}
      />
      <PeriodFields from={filters.from} to={filters.to} onChange={change} />
      <ChannelSelect value={filters.channels} onChange={(channels) => change({ channels })} />
      {filters.site && (
        <>
          <CampaignSelect
            siteId={filters.site}
            value={filters.campaign ?? null}
            onChange={(campaign) => change({ campaign: campaign ?? undefined })}
          />
          <GoalSelect
            siteId={filters.site}
            value={filters.goal ?? null}
            onChange={(goal) => change({ goal: goal ?? undefined })}
          />
        </>
      )}
      <Select
        label={t('communications.filter.order')}
        allowDeselect={false}
        data={[
          { value: 'desc', label: t('communications.filter.newest') },
          { value: 'asc', label: t('communications.filter.oldest') },
        ]}
        value={filters.dir ?? 'desc'}
        onChange={(dir) => change({ dir: dir === 'asc' ? 'asc' : undefined })}
      />
    </FilterBar>
  );
}
