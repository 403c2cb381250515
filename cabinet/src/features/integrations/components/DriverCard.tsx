import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { CreateIntegrationDocument, type IntegrationDriversQuery } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useLocalText } from '../hooks/useLocalText';
import { AttachedSystem } from './AttachedSystem';

interface DriverCardProps {
  driver: IntegrationDriversQuery['integrationDrivers'][number];
  /** Those of this system. */
  integrations: IntegrationDriversQuery['integrations'];
}

const context = { additionalTypenames: ['Integration'] };

/** A system that can be attached: what it brings, and what of it is attached. */
export function DriverCard({ driver, integrations }: DriverCardProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const navigate = useNavigate();
  const canConnect = useCan('ADMIN');
  const [{ fetching, error }, create] = useMutation(CreateIntegrationDocument);
  const title = local(driver.title);
  const connect = async () => {
    const { data } = await create({ input: { kind: driver.kind } }, context);
    if (data) {
      await navigate({
        to: '/integrations/$integrationId/connect',
        params: { integrationId: data.createIntegration.integration.id },
      });
    }
  };
  const words = driver.capabilities.filter((capability) => capability !== 'OPTIONS');
  return (
    <Stack className="panel" component="li" gap="sm" justify="space-between">
      <Stack gap="sm">
        <Title order={3} size="h4">
          {title}
        </Title>
        <Text size="sm">{local(driver.summary)}</Text>
        {words.length > 0 && (
          <Text size="xs" c="dimmed">
            {words.map((capability) => t(`integrations.capability.${capability}`)).join(' · ')}
          </Text>
        )}
        {integrations.map((integration) => (
          <AttachedSystem key={integration.id} integration={integration} title={driver.title} />
        ))}
        <ProblemAlert error={error} />
      </Stack>
      {canConnect ? (
        <Group>
          <Button
            variant={integrations.length === 0 ? 'filled' : 'subtle'}
            size={integrations.length === 0 ? 'sm' : 'compact-sm'}
            loading={fetching}
            aria-label={t(
              integrations.length === 0 ? 'integrations.list.connectNamed' : 'integrations.list.addNamed',
              { name: title },
            )}
            onClick={() => void connect()}
          >
            {integrations.length === 0 ? t('integrations.list.connect') : t('integrations.list.add')}
          </Button>
        </Group>
      ) : (
        integrations.length === 0 && (
          <Text size="xs" c="dimmed">
            {t('integrations.list.readOnly')}
          </Text>
        )
      )}
    </Stack>
  );
}
