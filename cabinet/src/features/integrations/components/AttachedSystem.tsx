import { Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import type { IntegrationCardFieldsFragment, LocalTextFieldsFragment } from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { TextLink } from '@/ui/TextLink';
import { useIntegrationName } from '../hooks/useIntegrationName';
import { readConnectSearch, readIntegrationSearch } from '../journal';
import { reachedStep } from '../progress';
import { StateBadge } from './StateBadge';

interface AttachedSystemProps {
  integration: IntegrationCardFieldsFragment;
  /** The system's name. */
  title: LocalTextFieldsFragment;
}

/** An attached system in the catalogue: its state, and what somebody should look at. */
export function AttachedSystem({ integration, title }: AttachedSystemProps) {
  const { t } = useTranslation();
  const canConnect = useCan('ADMIN');
  const { id, state, sync, counts } = integration;
  const name = useIntegrationName()(integration.name, title);
  const params = { integrationId: id };
  return (
    <Stack gap={6} style={{ borderTop: '1px solid var(--app-line)' }} pt="sm">
      <Group justify="space-between" gap="xs">
        <TextLink to="/integrations/$integrationId" params={params} size="sm" fw={600} className="break">
          {name}
        </TextLink>
        <StateBadge state={state} />
      </Group>
      {sync.failure && state !== 'DRAFT' && (
        <Text size="sm">
          <IconAlertTriangle size={15} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
          <b>{t(`integrations.failure.${sync.failure.kind}`)}</b>{' '}
          {t(`integrations.advice.${sync.failure.kind}`)}
        </Text>
      )}
      {state === 'BROKEN' && !sync.failure && <Text size="sm">{t('integrations.stateHint.BROKEN')}</Text>}
      {counts.parked > 0 && (
        <TextLink
          to="/integrations/$integrationId"
          params={params}
          search={readIntegrationSearch({ tab: 'journal', states: 'PARKED' })}
          size="sm"
        >
          {t('integrations.list.parked', { count: counts.parked })}
        </TextLink>
      )}
      <div>
        {state === 'DRAFT' && canConnect ? (
          <ButtonLink
            to="/integrations/$integrationId/connect"
            params={params}
            search={readConnectSearch({ step: reachedStep(id) })}
            size="xs"
          >
            {t('integrations.list.continue')}
          </ButtonLink>
        ) : (
          <ButtonLink
            to="/integrations/$integrationId"
            params={params}
            size="xs"
            variant="default"
            aria-label={t('integrations.list.openNamed', { name })}
          >
            {t('integrations.list.open')}
          </ButtonLink>
        )}
      </div>
    </Stack>
  );
}
