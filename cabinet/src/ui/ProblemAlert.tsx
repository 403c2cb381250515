import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { useProblemText } from './useProblemText';

/** An error of an action, announced to screen readers. */
export function ProblemAlert({ error }: { error: CombinedError | undefined }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  if (!error) {
    return null;
  }
  const { title, text, requestId } = textOf(error);
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle aria-hidden />} title={title}>
      {text}
      {requestId && (
        <Text size="xs" mt={4} className="mono">
          {t('errors.view.requestId', { id: requestId })}
        </Text>
      )}
    </Alert>
  );
}
