import { Button, MultiSelect } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SiteSelect } from '@/features/sites/components/SiteSelect';
import { ChannelSelect } from '@/features/visitors/components/ChannelSelect';
import { searchMin } from '@/features/visitors/filters';
import type { CallDirection } from '@/graphql/generated/graphql';
import { FilterBar } from '@/ui/FilterBar';
import { PeriodFields } from '@/ui/PeriodFields';
import { SearchInput } from '@/ui/SearchInput';
import { countFilters } from '@/ui/searchParams';
import { type CallFilters, furtherFilters } from '../filters';
import { directions } from '../words';
import { EmployeeSelect } from './EmployeeSelect';
import { FurtherFilters } from './FurtherFilters';
import { YesNoSelect } from './YesNoSelect';

/** Changes of filters; undefined takes one away. */
export type FilterChange = { [Name in keyof CallFilters]?: CallFilters[Name] | undefined };

interface CallFilterBarProps {
  filters: CallFilters;
  onChange: (filters: CallFilters) => void;
}

/** Filters of the list of calls; the rarer ones are shown when asked for. */
export function CallFilterBar({ filters, onChange }: CallFilterBarProps) {
  const { t } = useTranslation();
  const further = furtherFilters.filter((name) => filters[name] !== undefined).length;
  const [asked, setAsked] = useState(false);
  const isOpen = asked || further > 0;
  const change = (to: FilterChange) => onChange({ ...filters, ...to } as CallFilters);
  const Arrow = isOpen ? IconChevronUp : IconChevronDown;
  return (
    <FilterBar count={countFilters(filters)} onClear={() => onChange({})}>
      <SearchInput
        label={t('calls.filter.search')}
        placeholder={t('calls.filter.searchHint')}
        value={filters.q ?? ''}
        min={searchMin}
        onSearch={(q) => change({ q: q || undefined })}
      />
      <PeriodFields from={filters.from} to={filters.to} onChange={change} />
      <MultiSelect
        label={t('calls.filter.directions')}
        placeholder={filters.dirs ? undefined : t('calls.filter.any')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.action.clear') }}
        data={directions.map((value) => ({ value, label: t(`calls.direction.${value}`) }))}
        value={filters.dirs ?? []}
        onChange={(next) => change({ dirs: next.length > 0 ? (next as CallDirection[]) : undefined })}
      />
      <YesNoSelect
        label={t('calls.filter.lost')}
        yes={t('calls.filter.lostYes')}
        no={t('calls.filter.lostNo')}
        value={filters.lost}
        onChange={(lost) => change({ lost })}
      />
      {filters.lost === 'yes' && (
        <YesNoSelect
          label={t('calls.filter.back')}
          yes={t('calls.filter.backYes')}
          no={t('calls.filter.backNo')}
          value={filters.back}
          onChange={(back) => change({ back })}
        />
      )}
      <EmployeeSelect
        value={filters.employee ?? null}
        onChange={(employee) => change({ employee: employee ?? undefined })}
      />
      <SiteSelect
        value={filters.site ?? null}
        onChange={(site) => change({ site: site ?? undefined, campaign: undefined })}
      />
      <ChannelSelect value={filters.channels} onChange={(channels) => change({ channels })} />
      {isOpen && <FurtherFilters filters={filters} onChange={change} />}
      <Button
        variant="subtle"
        style={{ alignSelf: 'end', justifySelf: 'start' }}
        rightSection={<Arrow size={16} aria-hidden />}
        aria-expanded={isOpen}
        disabled={further > 0}
        onClick={() => setAsked((old) => !old)}
      >
        {t(isOpen ? 'calls.filter.less' : 'calls.filter.more')}
      </Button>
    </FilterBar>
  );
}
