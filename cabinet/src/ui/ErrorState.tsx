import { Button, Stack } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { ProblemAlert } from './ProblemAlert';

/** In place of data that could not be read, with a way to try again. */
export function ErrorState({ error, onRetry }: { error: CombinedError; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack align="flex-start" gap="sm" p="md">
      <ProblemAlert error={error} />
      <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRetry}>
        {t('common.action.retry')}
      </Button>
    </Stack>
  );
}
