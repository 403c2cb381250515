import { MultiSelect, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DealMatch, StageStatus } from '@/graphql/generated/graphql';
import { FilterBar } from '@/ui/FilterBar';
import { PeriodFields } from '@/ui/PeriodFields';
import { SearchInput } from '@/ui/SearchInput';
import { countFilters } from '@/ui/searchParams';
import { type DealFilters, matches, searchMin, sorts, statuses } from '../filters';
import { useDealCrms } from '../hooks/useDealCrms';

interface DealFilterBarProps {
  filters: DealFilters;
  /** Employees to choose from. */
  employees: { id: string; name: string }[];
  onChange: (filters: DealFilters) => void;
}

/** Filters and order of the list of deals. */
export function DealFilterBar({ filters, employees, onChange }: DealFilterBarProps) {
  const { t } = useTranslation();
  const crms = useDealCrms();
  const change = (to: { [Name in keyof DealFilters]?: DealFilters[Name] | undefined }) =>
    onChange({ ...filters, ...to } as DealFilters);
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('common.action.clear') } };
  const concerned = crms.filter(
    ({ id, funnels }) => funnels.length > 0 && (filters.crm === undefined || id === filters.crm),
  );
  // Funnels of several CRMs may have the same name.
  const funnels = concerned.flatMap((crm) =>
    crm.funnels.map((funnel) => ({
      ...funnel,
      name: concerned.length > 1 ? `${funnel.name} (${crm.name})` : funnel.name,
    })),
  );
  const { funnels: chosenFunnels = [], stages = [] } = filters;
  const { statuses: chosenStatuses = [], matches: chosenMatches = [] } = filters;
  const staged = funnels.filter(({ id }) => chosenFunnels.length === 0 || chosenFunnels.includes(id));
  const listed = <Value,>(values: Value[]) => (values.length > 0 ? values : undefined);
  const order = `${filters.sort ?? 'created'}_${filters.dir ?? 'desc'}`;
  return (
    <FilterBar count={countFilters(filters)} onClear={() => onChange({})}>
      <SearchInput
        label={t('deals.filter.search')}
        placeholder={t('deals.filter.searchHint')}
        value={filters.q ?? ''}
        min={searchMin}
        onSearch={(q) => change({ q: q || undefined })}
      />
      {crms.length > 1 && (
        <Select
          label={t('deals.filter.crm')}
          placeholder={t('deals.filter.any')}
          {...clear}
          data={crms.map(({ id, name }) => ({ value: id, label: name }))}
          value={filters.crm ?? null}
          onChange={(crm) => change({ crm: crm ?? undefined, funnels: undefined, stages: undefined })}
        />
      )}
      {funnels.length > 0 && (
        <>
          <MultiSelect
            label={t('deals.filter.funnels')}
            placeholder={chosenFunnels.length === 0 ? t('deals.filter.any') : undefined}
            {...clear}
            searchable
            data={funnels.map(({ id, name }) => ({ value: id, label: name }))}
            value={chosenFunnels}
            onChange={(next) => change({ funnels: listed(next), stages: undefined })}
          />
          <MultiSelect
            label={t('deals.filter.stages')}
            placeholder={stages.length === 0 ? t('deals.filter.anyStage') : undefined}
            {...clear}
            searchable
            data={staged.map((funnel) => ({
              group: funnel.name,
              items: funnel.stages.map(({ id, name }) => ({ value: id, label: name })),
            }))}
            value={stages}
            onChange={(next) => change({ stages: listed(next) })}
          />
        </>
      )}
      <MultiSelect
        label={t('deals.filter.statuses')}
        placeholder={chosenStatuses.length === 0 ? t('deals.filter.anyStatus') : undefined}
        {...clear}
        data={statuses.map((value) => ({ value, label: t(`deals.status.${value}`) }))}
        value={chosenStatuses}
        onChange={(next) => change({ statuses: listed(next as StageStatus[]) })}
      />
      <Select
        label={t('deals.filter.employee')}
        placeholder={t('deals.filter.anyEmployee')}
        {...clear}
        searchable
        nothingFoundMessage={t('common.state.nothingFound')}
        data={employees.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.employee ?? null}
        onChange={(employee) => change({ employee: employee ?? undefined })}
      />
      <PeriodFields from={filters.from} to={filters.to} onChange={change} />
      <Select
        label={t('deals.filter.source')}
        placeholder={t('deals.filter.anySource')}
        {...clear}
        data={[
          { value: 'yes', label: t('deals.filter.withSource') },
          { value: 'no', label: t('deals.filter.withoutSource') },
        ]}
        value={filters.source ?? null}
        onChange={(source) => change({ source: (source as 'yes' | 'no' | null) ?? undefined })}
      />
      <MultiSelect
        label={t('deals.filter.matches')}
        placeholder={chosenMatches.length === 0 ? t('deals.filter.anyMatch') : undefined}
        {...clear}
        data={matches.map((value) => ({ value, label: t(`deals.matched.${value}`) }))}
        value={chosenMatches}
        onChange={(next) => change({ matches: listed(next as DealMatch[]) })}
      />
      <Select
        label={t('deals.filter.order')}
        allowDeselect={false}
        data={(['created', ...sorts] as const).flatMap((sort) =>
          (['desc', 'asc'] as const).map((dir) => ({
            value: `${sort}_${dir}`,
            label: t(`deals.order.${sort}_${dir}`),
          })),
        )}
        value={order}
        onChange={(value) => {
          const [sort, dir] = (value ?? '').split('_');
          change({ sort: sorts.find((word) => word === sort), dir: dir === 'asc' ? 'asc' : undefined });
        }}
      />
    </FilterBar>
  );
}
