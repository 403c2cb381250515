import { Button, Group } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/ui/Panel';
import { useEdits } from '../hooks/useEdits';
import { useLocalText } from '../hooks/useLocalText';
import { useProblems } from '../hooks/useProblems';
import { useSave } from '../hooks/useSave';
import { controlId, type Integration, type Section, settingInputs } from '../settings';
import { IntegrationProblem } from './IntegrationProblem';
import { LeaveGuard } from './LeaveGuard';
import { PreviewView } from './PreviewView';
import { Reasons } from './Reasons';
import { SectionFields } from './SectionFields';

/** A section of the settings as a tab. */
export function SectionTab({ integration, section }: { integration: Integration; section: Section }) {
  const { t } = useTranslation();
  const local = useLocalText();
  const edits = useEdits(integration);
  const problems = useProblems(integration.id, section.id, edits.edits, section.fields);
  const { save, pending, error } = useSave(integration, edits);
  const [isPreviewed, setPreviewed] = useState(false);
  const [previewed] = useDebouncedValue(edits.edits, 500);
  const isOff = edits.isDirty && (problems.problems.length > 0 || problems.isChecking);
  const submit = async () => {
    if (isOff) {
      document.getElementById(controlId(problems.problems[0]?.key ?? ''))?.focus();
    } else if (await save()) {
      notifications.show({ message: t('common.state.saved') });
    }
  };
  const hasTexts =
    integration.driver.capabilities.includes('DEALS_OUT') &&
    section.fields.some(({ type }) => type === 'TEMPLATE' || type === 'MAPPING');
  return (
    <>
      <LeaveGuard when={edits.isDirty} />
      <Panel title={local(section.title)} lead={local(section.hint) || undefined}>
        <SectionFields
          integration={integration}
          section={section}
          edits={edits}
          problems={problems}
          showsAll
          save={save}
        />
        <IntegrationProblem error={error} />
        {section.fields.some(({ type }) => type !== 'NOTE' && type !== 'AUTHORIZE') && (
          <Group gap="md" align="flex-start">
            <Button
              onClick={() => void submit()}
              loading={pending}
              disabled={!edits.isDirty}
              aria-describedby="save-reasons"
              aria-disabled={isOff || undefined}
              data-disabled={isOff || undefined}
            >
              {t('common.action.save')}
            </Button>
            {edits.isDirty && (
              <Button variant="subtle" color="gray" onClick={() => edits.forget()}>
                {t('common.action.undo')}
              </Button>
            )}
            <Reasons id="save-reasons" problems={problems} intro={t('integrations.wizard.firstSave')} />
          </Group>
        )}
        {hasTexts &&
          (isPreviewed ? (
            <Panel title={t('integrations.preview.title')} lead={t('integrations.preview.madeUp')}>
              <PreviewView
                integration={integration}
                communicationId={null}
                settings={settingInputs(previewed, edits.fields)}
              />
            </Panel>
          ) : (
            <Button
              variant="default"
              size="xs"
              style={{ alignSelf: 'flex-start' }}
              onClick={() => setPreviewed(true)}
            >
              {t('integrations.preview.show')}
            </Button>
          ))}
      </Panel>
    </>
  );
}
