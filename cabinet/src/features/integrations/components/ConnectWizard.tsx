import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RemoteAccountFieldsFragment } from '@/graphql/generated/graphql';
import { useEdits } from '../hooks/useEdits';
import { useLocalText } from '../hooks/useLocalText';
import { readConnectSearch } from '../journal';
import { rememberStep } from '../progress';
import type { Integration } from '../settings';
import { announceStep } from '../stepFocus';
import { FinishStep } from './FinishStep';
import { LeaveGuard } from './LeaveGuard';
import { SectionStep } from './SectionStep';
import { TestResult } from './TestResult';
import { WizardSteps } from './WizardSteps';

/** The word of the last step; sections have words of letters and underscores. */
const last = '-finish';

interface ConnectWizardProps {
  integration: Integration;
  /** The step in the address. */
  step: string | undefined;
}

/** Leads through everything a system needs before it can be switched on. */
export function ConnectWizard({ integration, step }: ConnectWizardProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const navigate = useNavigate();
  const edits = useEdits(integration);
  const [account, setAccount] = useState<RemoteAccountFieldsFragment>();
  const sections = integration.driver.sections.filter(({ isStep }) => isStep);
  const steps = [
    ...sections.map(({ id, title }) => ({ id, title: local(title) })),
    { id: last, title: t('integrations.wizard.finish') },
  ];
  const current = Math.max(
    0,
    steps.findIndex(({ id }) => id === step),
  );
  const section = sections[current];
  const currentId = steps[current]?.id ?? last;
  useEffect(() => rememberStep(integration.id, currentId), [integration.id, currentId]);
  const go = (index: number) => {
    announceStep();
    void navigate({
      to: '/integrations/$integrationId/connect',
      params: { integrationId: integration.id },
      search: readConnectSearch({ step: steps[index]?.id }),
    });
  };
  const toSetting = (key: string) =>
    go(sections.findIndex(({ fields }) => fields.some((field) => field.key === key)));
  return (
    <>
      <LeaveGuard when={edits.isDirty} allowsSamePage />
      <WizardSteps integrationId={integration.id} steps={steps} current={current} />
      <Text size="sm" c="dimmed" role="status">
        {t('integrations.wizard.step', { number: current + 1, total: steps.length })}
      </Text>
      {account && <TestResult account={account} />}
      {section ? (
        <SectionStep
          key={section.id}
          integration={integration}
          section={section}
          edits={edits}
          isFirst={current === 0}
          onBack={() => go(current - 1)}
          onTested={setAccount}
          onDone={() => go(current + 1)}
        />
      ) : (
        <FinishStep integration={integration} onBack={() => go(current - 1)} onPick={toSetting} />
      )}
    </>
  );
}
