import { MultiSelect, NumberInput, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CampaignSelect } from '@/features/campaigns/components/CampaignSelect';
import type { CallAttributionMethod } from '@/graphql/generated/graphql';
import type { CallFilters } from '../filters';
import { useCallTags } from '../hooks/useCallTags';
import { methods } from '../words';
import type { FilterChange } from './CallFilterBar';
import { GroupSelect } from './GroupSelect';
import { NumberSelect } from './NumberSelect';
import { YesNoSelect } from './YesNoSelect';

interface FurtherFiltersProps {
  filters: CallFilters;
  onChange: (change: FilterChange) => void;
}

/** The filters that are needed less often. */
export function FurtherFilters({ filters, onChange }: FurtherFiltersProps) {
  const { t } = useTranslation();
  const [tags] = useCallTags();
  return (
    <>
      <GroupSelect
        value={filters.group ?? null}
        onChange={(group) => onChange({ group: group ?? undefined })}
      />
      <NumberSelect
        value={filters.number ?? null}
        onChange={(number) => onChange({ number: number ?? undefined })}
      />
      {filters.site && (
        <CampaignSelect
          siteId={filters.site}
          value={filters.campaign ?? null}
          onChange={(campaign) => onChange({ campaign: campaign ?? undefined })}
        />
      )}
      <MultiSelect
        label={t('calls.filter.methods')}
        placeholder={filters.methods ? undefined : t('calls.filter.any')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.action.clear') }}
        data={methods.map((value) => ({ value, label: t(`calls.method.${value}`) }))}
        value={filters.methods ?? []}
        onChange={(next) =>
          onChange({ methods: next.length > 0 ? (next as CallAttributionMethod[]) : undefined })
        }
      />
      <Select
        label={t('calls.filter.tag')}
        placeholder={t('calls.filter.any')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.action.clear') }}
        data={(tags.data?.callTags ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.tag ?? null}
        onChange={(tag) => onChange({ tag: tag ?? undefined })}
      />
      <YesNoSelect
        label={t('calls.filter.recording')}
        yes={t('calls.filter.recordingYes')}
        no={t('calls.filter.recordingNo')}
        value={filters.rec}
        onChange={(rec) => onChange({ rec })}
      />
      <YesNoSelect
        label={t('calls.filter.first')}
        yes={t('calls.filter.firstYes')}
        no={t('calls.filter.firstNo')}
        value={filters.first}
        onChange={(first) => onChange({ first })}
      />
      <NumberInput
        label={t('calls.filter.talk')}
        min={1}
        max={86_400}
        allowDecimal={false}
        allowNegative={false}
        value={filters.talk ?? ''}
        onBlur={(event) => {
          const talk = Number(event.currentTarget.value);
          onChange({ talk: talk > 0 ? talk : undefined });
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.currentTarget.blur();
          }
        }}
      />
    </>
  );
}
