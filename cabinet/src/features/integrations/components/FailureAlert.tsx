import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../failures';

interface FailureAlertProps {
  failure: Failure;
  /** What to press to mend it. */
  children?: ReactNode;
  /** Read out as soon as it appears; for what a person has just asked for. */
  isNews?: boolean;
}

/** Why a system did not do what was asked, what to do about it, and the system's own words. */
export function FailureAlert({ failure, children, isNews = false }: FailureAlertProps) {
  const { t } = useTranslation();
  return (
    <Alert
      color="red"
      variant="light"
      role={isNews ? 'alert' : 'group'}
      icon={<IconAlertTriangle aria-hidden />}
      title={t(`integrations.failure.${failure.kind}`)}
    >
      <Stack gap={6} align="flex-start">
        <Text size="sm">{t(`integrations.advice.${failure.kind}`)}</Text>
        {failure.detail !== '' && (
          <Text size="sm" className="break">
            {t('integrations.failure.said', { detail: failure.detail })}
          </Text>
        )}
        {children}
      </Stack>
    </Alert>
  );
}
