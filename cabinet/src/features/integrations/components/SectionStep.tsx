import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation } from 'urql';
import { type RemoteAccountFieldsFragment, TestIntegrationDocument } from '@/graphql/generated/graphql';
import type { Failure } from '../failures';
import type { Edits } from '../hooks/useEdits';
import { useLocalText } from '../hooks/useLocalText';
import { useProblems } from '../hooks/useProblems';
import { useSave } from '../hooks/useSave';
import { controlId, type Integration, type Section } from '../settings';
import { FailureAlert } from './FailureAlert';
import { IntegrationProblem } from './IntegrationProblem';
import { Reasons } from './Reasons';
import { SectionFields } from './SectionFields';
import { StepPanel } from './StepPanel';

interface SectionStepProps {
  integration: Integration;
  section: Section;
  edits: Edits;
  isFirst: boolean;
  onBack: () => void;
  onTested: (account: RemoteAccountFieldsFragment) => void;
  onDone: () => void;
}

/** A section of the settings as a step: "Next" keeps it, tests the connection where that is asked for, and goes on. */
export function SectionStep(props: SectionStepProps) {
  const { integration, section, edits, isFirst, onBack, onTested, onDone } = props;
  const { t } = useTranslation();
  const local = useLocalText();
  const problems = useProblems(integration.id, section.id, edits.edits, section.fields);
  const { save, pending, error } = useSave(integration, edits);
  const [, test] = useMutation(TestIntegrationDocument);
  const [isTesting, setTesting] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [testError, setTestError] = useState<CombinedError>();
  const isOff = problems.problems.length > 0 || problems.isChecking;
  const connects = async (): Promise<boolean> => {
    setTesting(true);
    const { data, error } = await test({ input: { id: integration.id } });
    setTesting(false);
    setTestError(error);
    const result = data?.testIntegration;
    setFailure(result?.failure ?? undefined);
    if (!result?.account) {
      return false;
    }
    onTested(result.account);
    return true;
  };
  const next = async () => {
    if (isOff) {
      setShowsAll(true);
      document.getElementById(controlId(problems.problems[0]?.key ?? ''))?.focus();
      return;
    }
    setFailure(undefined);
    setTestError(undefined);
    if ((await save()) && (!section.checksConnection || (await connects()))) {
      onDone();
    }
  };
  const faulty = section.fields.find(({ key }) => key === failure?.field);
  return (
    <StepPanel title={local(section.title)} hint={local(section.hint)}>
      <SectionFields
        integration={integration}
        section={section}
        edits={edits}
        problems={problems}
        showsAll={showsAll}
        save={save}
      />
      {failure && (
        <FailureAlert failure={failure} isNews>
          {faulty && (
            <Text size="sm">{t('integrations.failure.setting', { name: local(faulty.title) })}</Text>
          )}
        </FailureAlert>
      )}
      <IntegrationProblem error={testError ?? error} />
      <Group gap="md" align="flex-start">
        {!isFirst && (
          <Button variant="default" onClick={onBack}>
            {t('integrations.wizard.back')}
          </Button>
        )}
        <Button
          onClick={() => void next()}
          loading={pending || isTesting}
          aria-describedby="next-reasons"
          aria-disabled={isOff}
          data-disabled={isOff || undefined}
        >
          {t('integrations.wizard.next')}
        </Button>
        <Reasons id="next-reasons" problems={problems} intro={t('integrations.wizard.first')} />
        {isTesting && (
          <Text size="sm" c="dimmed" role="status">
            {t('integrations.test.running')}
          </Text>
        )}
      </Group>
    </StepPanel>
  );
}
