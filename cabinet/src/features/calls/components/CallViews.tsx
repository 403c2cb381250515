import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type CallFilters, type CallView, viewOf, views, withView } from '../filters';

interface CallViewsProps {
  filters: CallFilters;
  onChange: (filters: CallFilters) => void;
}

/** Quick ways to what people look at most. */
export function CallViews({ filters, onChange }: CallViewsProps) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      aria-label={t('calls.view.label')}
      style={{ alignSelf: 'flex-start', maxWidth: '100%' }}
      value={viewOf(filters) ?? ''}
      onChange={(view) => onChange(withView(filters, view as CallView))}
      data={views.map((value) => ({ value, label: t(`calls.view.${value}`) }))}
    />
  );
}
