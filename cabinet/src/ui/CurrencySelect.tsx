import { Select, type SelectProps } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '@/format/locale';
import { languageOf } from '@/i18n/languages';

const usual = ['RUB', 'BYN', 'KZT', 'UZS', 'AMD', 'GEL', 'USD', 'EUR', 'CNY', 'TRY'];

/** Chooses an ISO 4217 currency by code or name. */
export function CurrencySelect(props: Omit<SelectProps, 'data'>) {
  const { t, i18n } = useTranslation();
  const data = useMemo(() => {
    const names = new Intl.DisplayNames(localeOf(languageOf(i18n.language)), { type: 'currency' });
    const codes = [...new Set([...usual, ...Intl.supportedValuesOf('currency')])];
    return codes.map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
  }, [i18n.language]);
  return (
    <Select
      label={t('common.field.currency')}
      searchable
      limit={60}
      allowDeselect={false}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={data}
      required
      {...props}
    />
  );
}
