import { Select, type SelectProps } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** Chooses an IANA time zone by typing a part of its name. */
export function TimeZoneSelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation();
  const zones = useMemo(() => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])].sort(), []);
  return (
    <Select
      label={t('common.field.timezone')}
      searchable
      limit={60}
      allowDeselect={false}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={zones}
      required
      {...props}
    />
  );
}
