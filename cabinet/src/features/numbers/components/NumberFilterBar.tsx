import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CampaignSelect } from '@/features/campaigns/components/CampaignSelect';
import { SiteSelect } from '@/features/sites/components/SiteSelect';
import { searchMin } from '@/features/visitors/filters';
import type { NumberState, NumberUsage } from '@/graphql/generated/graphql';
import { FilterBar } from '@/ui/FilterBar';
import { SearchInput } from '@/ui/SearchInput';
import { countFilters } from '@/ui/searchParams';
import { type NumberFilters, numberStates, usages } from '../filters';
import type { NumberChoices } from '../hooks/useNumberChoices';

interface NumberFilterBarProps {
  filters: NumberFilters;
  choices: NumberChoices;
  onChange: (filters: NumberFilters) => void;
}

/** Filters of the list of numbers. */
export function NumberFilterBar({ filters, choices, onChange }: NumberFilterBarProps) {
  const { t } = useTranslation();
  const change = (to: { [Name in keyof NumberFilters]?: NumberFilters[Name] | undefined }) =>
    onChange({ ...filters, ...to } as NumberFilters);
  const common = {
    clearable: true,
    clearButtonProps: { 'aria-label': t('common.action.clear') },
    placeholder: t('numbers.filter.any'),
  };
  const pools = choices.pools.filter(({ siteId }) => !filters.site || siteId === filters.site);
  return (
    <FilterBar count={countFilters(filters)} onClear={() => onChange({})}>
      <SearchInput
        label={t('numbers.filter.search')}
        placeholder={t('numbers.filter.searchHint')}
        value={filters.q ?? ''}
        min={searchMin}
        onSearch={(q) => change({ q: q || undefined })}
      />
      <Select
        {...common}
        label={t('numbers.field.usage')}
        data={usages.map((value) => ({ value, label: t(`numbers.usage.${value}`) }))}
        value={filters.usage ?? null}
        onChange={(usage) => change({ usage: (usage as NumberUsage | null) ?? undefined })}
      />
      <Select
        {...common}
        label={t('numbers.field.state')}
        data={numberStates.map((value) => ({ value, label: t(`numbers.state.${value}`) }))}
        value={filters.state ?? null}
        onChange={(state) => change({ state: (state as NumberState | null) ?? undefined })}
      />
      <SiteSelect
        value={filters.site ?? null}
        onChange={(site) => change({ site: site ?? undefined, campaign: undefined, pool: undefined })}
      />
      {filters.site && (
        <CampaignSelect
          siteId={filters.site}
          value={filters.campaign ?? null}
          onChange={(campaign) => change({ campaign: campaign ?? undefined })}
        />
      )}
      <Select
        {...common}
        label={t('numbers.field.pool')}
        data={pools.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.pool ?? null}
        onChange={(pool) => change({ pool: pool ?? undefined })}
      />
      <Select
        {...common}
        label={t('numbers.field.connection')}
        data={choices.connections.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.connection ?? null}
        onChange={(connection) => change({ connection: connection ?? undefined })}
      />
    </FilterBar>
  );
}
