import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { KnownModel } from '../weights';

/** One model in words: rule, formula, edges. */
export function ModelCard({ model, children }: { model: KnownModel; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Stack component="article" className="panel" gap="sm" aria-label={t(`reports.model.${model}`)}>
      <div>
        <Title order={3} size="h5">
          {t(`reports.model.${model}`)}
        </Title>
        <Text size="xs" c="dimmed" className="mono">
          {model}
        </Text>
      </div>
      {children}
      <Text size="sm">{t(`models.text.${model}`)}</Text>
      <Text size="sm" className="mono break">
        {t(`models.formula.${model}`)}
      </Text>
      <Text size="sm" c="dimmed">
        {t(`models.edge.${model}`)}
      </Text>
    </Stack>
  );
}
