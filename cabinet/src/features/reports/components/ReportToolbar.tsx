import { Button, Group, Stack } from '@mantine/core';
import { IconAdjustments, IconColumns3, IconDownload, IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportInput } from '@/graphql/generated/graphql';
import { countConditions, readFilter } from '../filter';
import { useReportPage } from '../hooks/useReportPage';
import { exportAddress } from '../request';
import { ColumnsDrawer } from './ColumnsDrawer';
import { DimensionList } from './DimensionList';
import { FilterDrawer } from './FilterDrawer';
import { ModelSelect } from './ModelSelect';
import { PeriodControls } from './PeriodControls';
import { SettingsDrawer } from './SettingsDrawer';

interface ReportToolbarProps {
  /** The question behind the table, for files; absent where there is no table. */
  input?: ReportInput;
  /** Whether the columns are chosen here. */
  hasColumns?: boolean;
  /** Whether one model counts for all columns. */
  hasModel?: boolean;
}

type Open = 'columns' | 'filter' | 'settings';

/** What a report shows, above it. */
export function ReportToolbar({ input, hasColumns = true, hasModel = true }: ReportToolbarProps) {
  const { t } = useTranslation();
  const { state, change } = useReportPage();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const conditions = countConditions(readFilter(state.filter));
  const isTuned = [state.conv, state.lookback, state.window, state.funnels].some((set) => set !== undefined);
  return (
    <section className="panel" aria-label={t('reports.toolbar.label')}>
      <Stack gap="sm">
        <Group gap="sm" align="flex-end">
          <PeriodControls />
          {hasModel && <ModelSelect value={state.model} onChange={(model) => change({ model })} />}
          <Group gap="xs">
            {input && hasColumns && (
              <Button
                variant="default"
                leftSection={<IconColumns3 size={16} aria-hidden />}
                aria-haspopup="dialog"
                onClick={() => setOpen('columns')}
              >
                {t('reports.toolbar.columns')}
              </Button>
            )}
            <Button
              variant={conditions > 0 ? 'light' : 'default'}
              leftSection={<IconFilter size={16} aria-hidden />}
              aria-haspopup="dialog"
              onClick={() => setOpen('filter')}
            >
              {conditions > 0
                ? t('reports.toolbar.filtersCount', { count: conditions })
                : t('reports.toolbar.filters')}
            </Button>
            <Button
              variant={isTuned ? 'light' : 'default'}
              leftSection={<IconAdjustments size={16} aria-hidden />}
              aria-haspopup="dialog"
              onClick={() => setOpen('settings')}
            >
              {t('reports.toolbar.settings')}
              {isTuned && ` (${t('reports.toolbar.changed')})`}
            </Button>
          </Group>
        </Group>
        {input && (
          <Group gap="sm" justify="space-between" align="center">
            <DimensionList />
            <Group gap="xs">
              {(['csv', 'xlsx'] as const).map((format) => (
                <Button
                  key={format}
                  component="a"
                  href={exportAddress(input, format)}
                  download
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconDownload size={14} aria-hidden />}
                  aria-label={t('reports.toolbar.exportAs', { format: t(`reports.toolbar.${format}`) })}
                >
                  {t(`reports.toolbar.${format}`)}
                </Button>
              ))}
            </Group>
          </Group>
        )}
      </Stack>
      <ColumnsDrawer opened={open === 'columns'} onClose={close} />
      <FilterDrawer opened={open === 'filter'} onClose={close} />
      <SettingsDrawer opened={open === 'settings'} onClose={close} />
    </section>
  );
}
