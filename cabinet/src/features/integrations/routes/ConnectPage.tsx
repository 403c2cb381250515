import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { BackToList } from '../components/BackToList';
import { ConnectWizard } from '../components/ConnectWizard';
import { useIntegration } from '../hooks/useIntegration';
import { useLocalText } from '../hooks/useLocalText';

const route = getRouteApi('/shell/integrations/$integrationId/connect');

/** The wizard that attaches a system. */
export function ConnectPage() {
  const { t } = useTranslation();
  const local = useLocalText();
  const { integrationId } = route.useParams();
  const { step } = route.useSearch();
  const { integration, error, again } = useIntegration(integrationId);
  return (
    <Page
      title={
        integration
          ? t('integrations.wizard.title', { name: local(integration.driver.title) })
          : t('integrations.wizard.plainTitle')
      }
      lead={integration && local(integration.driver.summary)}
      above={<BackToList />}
    >
      <Loaded result={{ data: integration, error }} onRetry={again}>
        {(integration) => <ConnectWizard key={integration.id} integration={integration} step={step} />}
      </Loaded>
    </Page>
  );
}
