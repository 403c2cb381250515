import { Group, Skeleton, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { BackToList } from '../components/BackToList';
import { IntegrationActions } from '../components/IntegrationActions';
import { IntegrationTabs } from '../components/IntegrationTabs';
import { StateBadge } from '../components/StateBadge';
import { useIntegration } from '../hooks/useIntegration';
import { useIntegrationName } from '../hooks/useIntegrationName';
import { useLocalText } from '../hooks/useLocalText';

const route = getRouteApi('/shell/integrations/$integrationId');

/** An attached system: how it stands, its settings, its journal. */
export function IntegrationPage() {
  const { t } = useTranslation();
  const local = useLocalText();
  const nameOf = useIntegrationName();
  const { integrationId } = route.useParams();
  const search = route.useSearch();
  const { integration, error, again } = useIntegration(integrationId);
  return (
    <Page
      title={integration ? nameOf(integration.name, integration.driver.title) : t('integrations.page.title')}
      above={<BackToList />}
      lead={
        integration && (
          <Group component="span" gap="sm">
            <StateBadge state={integration.state} />
            <span>{local(integration.driver.title)}</span>
          </Group>
        )
      }
    >
      <Loaded result={{ data: integration, error }} onRetry={again} skeleton={<Skeleton height={420} />}>
        {(integration) => (
          <>
            {integration.state !== 'ACTIVE' && (
              <Text size="sm">{t(`integrations.stateHint.${integration.state}`)}</Text>
            )}
            <IntegrationActions key={integration.id} integration={integration} />
            <IntegrationTabs integration={integration} search={search} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
