import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { isEmail, isPassword, passwordMax, passwordMin } from '../validate';

/** Checks of form fields that answer in the cabinet's language; null = fine. */
export function useValidators() {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      required: (text: string) => (text.trim() === '' ? t('common.form.required') : null),
      email: (text: string) => (isEmail(text) ? null : t('common.form.email')),
      password: (text: string) =>
        isPassword(text) ? null : t('common.form.password', { min: passwordMin, max: passwordMax }),
    }),
    [t],
  );
}
