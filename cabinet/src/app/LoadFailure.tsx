import { Alert, Button, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** When a page broke, or its code could not be fetched (a new version was installed meanwhile). */
export function LoadFailure() {
  const { t } = useTranslation();
  return (
    <Stack align="flex-start" p="md">
      <Alert color="red" variant="light" role="alert" title={t('errors.load.title')}>
        {t('errors.load.text')}
      </Alert>
      <Button onClick={() => window.location.reload()}>{t('errors.load.action')}</Button>
    </Stack>
  );
}
