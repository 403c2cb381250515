import { Button, Stack } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { failureOf } from '../failures';
import { FailureAlert } from './FailureAlert';

interface IntegrationProblemProps {
  error: CombinedError | undefined;
  /** Tries again; without it there is no button. */
  onRetry?: () => void;
}

/** An error of an action or a question, told as the system's where it is the system's. */
export function IntegrationProblem({ error, onRetry }: IntegrationProblemProps) {
  const { t } = useTranslation();
  if (!error) {
    return null;
  }
  const failure = failureOf(error);
  return (
    <Stack gap="xs" align="flex-start">
      {failure ? <FailureAlert failure={failure} isNews /> : <ProblemAlert error={error} />}
      {onRetry && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={onRetry}
        >
          {t('integrations.choices.retry')}
        </Button>
      )}
    </Stack>
  );
}
