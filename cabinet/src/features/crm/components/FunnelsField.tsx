import { Checkbox, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FunnelFieldsFragment } from '@/graphql/generated/graphql';
import { isShown } from '../crmForm';

interface FunnelsFieldProps {
  funnels: FunnelFieldsFragment[];
  value: Record<string, boolean>;
  onChange: (value: Record<string, boolean>) => void;
}

/** Chooses the funnels shown in reports; each with its stages. */
export function FunnelsField({ funnels, value, onChange }: FunnelsFieldProps) {
  const { t } = useTranslation();
  if (funnels.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('crm.funnels.none')}
      </Text>
    );
  }
  return (
    <Stack gap="md" role="group" aria-label={t('crm.funnels.title')}>
      {funnels.map((funnel) => (
        <Checkbox
          key={funnel.id}
          label={funnel.name}
          description={
            <span className="break">
              {funnel.stages.map(({ name }) => name).join(' → ')}
              {funnel.externalId !== '' && (
                <>
                  <br />
                  <span className="mono">{funnel.externalId}</span>
                </>
              )}
            </span>
          }
          checked={isShown(funnel, value)}
          onChange={(event) => onChange({ ...value, [funnel.id]: event.currentTarget.checked })}
        />
      ))}
      {funnels.every((funnel) => !isShown(funnel, value)) && (
        <Text size="sm" c="var(--app-ink-orange)" role="status">
          {t('crm.funnels.noneChosen')}
        </Text>
      )}
    </Stack>
  );
}
