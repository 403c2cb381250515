import { Button, Drawer, Group, MultiSelect, NumberInput, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ReportFunnelsDocument, ReportSettingsDocument } from '@/graphql/generated/graphql';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import { type Conversion, conversions, type ReportState } from '../state';

interface SettingsDrawerProps {
  opened: boolean;
  onClose: () => void;
}

/** How a report counts: conversion model, windows, funnels. */
export function SettingsDrawer({ opened, onClose }: SettingsDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      title={t('reports.settings.title')}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {opened && <SettingsForm onClose={onClose} />}
    </Drawer>
  );
}

type Days = number | undefined;

function SettingsForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { kind, state, change } = useReportPage();
  const [{ data }] = useQuery({ query: ReportSettingsDocument });
  const [crms] = useQuery({ query: ReportFunnelsDocument });
  const [draft, setDraft] = useState<Pick<ReportState, 'conv' | 'lookback' | 'window' | 'funnels'>>(state);
  const set = (next: typeof draft) => setDraft({ ...draft, ...next });
  const isWrong = (days: Days) => days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 365);
  // These two reconcile with the CRM's own list.
  const hasAllFunnels = kind === 'DEALS' || kind === 'SUMMARY';
  const isInvalid = isWrong(draft.lookback) || isWrong(draft.window);
  const apply = ({ conv, lookback, window, funnels }: typeof draft) => {
    change({ conv, lookback, window, funnels });
    onClose();
  };
  const days = (name: 'lookback' | 'window', label: string, hint: string, usual: number | undefined) => (
    <NumberInput
      label={label}
      description={hint}
      placeholder={usual === undefined ? undefined : t('reports.settings.asAccount', { count: usual })}
      min={1}
      max={365}
      clampBehavior="none"
      allowDecimal={false}
      value={draft[name] ?? ''}
      onChange={(value) => set({ [name]: typeof value === 'number' ? value : undefined })}
      error={isWrong(draft[name]) ? t('reports.settings.invalid') : undefined}
    />
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isInvalid) {
          apply(draft);
        }
      }}
    >
      <Stack>
        <Select
          label={t('reports.settings.conversion')}
          description={words.term('reports.settings.conversionHint')}
          allowDeselect={false}
          value={draft.conv ?? 'default'}
          data={[
            { value: 'default', label: t('reports.settings.conversionDefault') },
            ...conversions.map((value) => ({ value, label: words.term(`reports.settings.${value}`) })),
          ]}
          onChange={(value) => set({ conv: value === 'default' ? undefined : (value as Conversion) })}
        />
        {days(
          'lookback',
          t('reports.settings.lookback'),
          t('reports.settings.lookbackHint'),
          data?.reportSettings.lookbackDays,
        )}
        {kind === 'END_TO_END' &&
          days(
            'window',
            t('reports.settings.window'),
            t('reports.settings.windowHint'),
            data?.reportSettings.windowDays,
          )}
        <MultiSelect
          label={t('reports.settings.funnels')}
          placeholder={
            draft.funnels
              ? undefined
              : t(hasAllFunnels ? 'reports.settings.funnelsAll' : 'reports.settings.funnelsDefault')
          }
          data={(crms.data?.crms ?? [])
            .filter(({ funnels }) => funnels.length > 0)
            .map((crm) => ({
              group: crm.name,
              items: crm.funnels.map(({ id, name }) => ({ value: id, label: name })),
            }))}
          value={draft.funnels ?? []}
          onChange={(funnels) => set({ funnels: funnels.length > 0 ? funnels : undefined })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('common.action.clear') }}
        />
        <Group justify="space-between">
          <Button variant="subtle" onClick={() => apply({})}>
            {t('reports.settings.reset')}
          </Button>
          <Button type="submit">{t('reports.settings.apply')}</Button>
        </Group>
      </Stack>
    </form>
  );
}
