import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation } from 'urql';
import { ActivateIntegrationDocument } from '@/graphql/generated/graphql';
import { useProblems } from '../hooks/useProblems';
import { rememberStep } from '../progress';
import { fieldsOf, type Integration, textOf, storedValues } from '../settings';
import { IntegrationProblem } from './IntegrationProblem';
import { PreviewView } from './PreviewView';
import { Reasons } from './Reasons';
import { StepPanel } from './StepPanel';

const nothing = {};

interface FinishStepProps {
  integration: Integration;
  onBack: () => void;
  /** Leads to the step of a setting. */
  onPick: (key: string) => void;
}

/** The last step: what would be sent, and the button that switches the integration on. */
export function FinishStep({ integration, onBack, onPick }: FinishStepProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [, activate] = useMutation(ActivateIntegrationDocument);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const problems = useProblems(integration.id, null, nothing, fieldsOf(integration.driver.sections));
  const isOff = problems.problems.length > 0 || problems.isChecking;
  const isActive = integration.state === 'ACTIVE';
  const finish = async () => {
    if (isOff) {
      return;
    }
    setPending(true);
    const answer = await activate({ input: { id: integration.id } });
    setPending(false);
    setError(answer.error);
    if (!answer.error) {
      rememberStep(integration.id, null);
      notifications.show({ message: t('integrations.wizard.activated') });
      await navigate({ to: '/integrations/$integrationId', params: { integrationId: integration.id } });
    }
  };
  return (
    <StepPanel title={t('integrations.wizard.finish')} hint={t('integrations.wizard.finishHint')}>
      {makesDeals(integration) ? (
        <Stack gap="xs">
          <Text fw={600}>{t('integrations.preview.title')}</Text>
          <Text size="sm" c="dimmed">
            {t('integrations.preview.madeUp')}
          </Text>
          <PreviewView integration={integration} communicationId={null} />
        </Stack>
      ) : (
        <Text size="sm">{t('integrations.preview.nothing')}</Text>
      )}
      <IntegrationProblem error={error} />
      <Group gap="md" align="flex-start">
        <Button variant="default" onClick={onBack}>
          {t('integrations.wizard.back')}
        </Button>
        <Button
          onClick={() => void finish()}
          loading={pending}
          aria-describedby="finish-reasons"
          aria-disabled={isOff}
          data-disabled={isOff || undefined}
        >
          {isActive ? t('integrations.wizard.keep') : t('integrations.action.activate')}
        </Button>
        <Reasons
          id="finish-reasons"
          problems={problems}
          intro={t('integrations.wizard.first')}
          onPick={onPick}
        />
      </Group>
    </StepPanel>
  );
}

/** Whether goals become deals there: the system can, and the switch for it is not off. */
function makesDeals(integration: Integration): boolean {
  return (
    integration.driver.capabilities.includes('DEALS_OUT') &&
    textOf(storedValues(integration), 'deals_out') !== 'false'
  );
}
