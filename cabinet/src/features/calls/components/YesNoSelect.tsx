import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type YesNo = 'yes' | 'no';

interface YesNoSelectProps {
  label: string;
  yes: string;
  no: string;
  value: YesNo | undefined;
  onChange: (value: YesNo | undefined) => void;
}

/** Chooses one of two, or both. */
export function YesNoSelect({ label, yes, no, value, onChange }: YesNoSelectProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={label}
      placeholder={t('calls.filter.any')}
      clearable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      data={[
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]}
      value={value ?? null}
      onChange={(next) => onChange((next as YesNo | null) ?? undefined)}
    />
  );
}
