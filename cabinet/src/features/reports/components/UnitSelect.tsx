import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useReportPage } from '../hooks/useReportPage';
import { type Unit, units } from '../state';

/** Whether the steps of paths are channels, sources or campaigns. */
export function UnitSelect({ label }: { label: string }) {
  const { t } = useTranslation();
  const { state, change } = useReportPage();
  return (
    <SegmentedControl
      aria-label={label}
      w="fit-content"
      value={state.unit ?? 'channel'}
      onChange={(value) => change({ unit: value === 'channel' ? undefined : (value as Unit) })}
      data={units.map((value) => ({ value, label: t(`reports.paths.${value}`) }))}
    />
  );
}
