import { Alert, List, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '@/features/sites/components/CodeBlock';
import { CopyButton } from '@/ui/CopyButton';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { exampleOf, type Step, steps } from '../examples';

/** In place of the state while no deal was passed: that it is so, and how to pass the first. */
export function NothingPassed() {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>('funnel');
  const example = exampleOf(step, window.location.origin, t('crm.howTo.keyHere'), (of) =>
    t(`crm.exampleName.${of}`),
  );
  return (
    <Panel title={t('crm.load.title')}>
      <Alert variant="light" color="blue" icon={<IconInfoCircle aria-hidden />} role="status">
        {t('crm.howTo.nothing')}
      </Alert>
      <Text size="sm">{t('crm.howTo.lead')}</Text>
      <List type="ordered" size="sm" spacing={6}>
        <List.Item>
          {t('crm.howTo.key')}{' '}
          <TextLink to="/account/data-api" size="sm" underline="always">
            {t('crm.howTo.keyLink')}
          </TextLink>
        </List.Item>
        <List.Item>{t('crm.howTo.networks')}</List.Item>
        <List.Item>{t('crm.howTo.send')}</List.Item>
      </List>
      <Stack gap="xs">
        <SegmentedControl
          value={step}
          onChange={(value) => setStep(value as Step)}
          data={steps.map((value) => ({ value, label: t(`crm.example.${value}`) }))}
          aria-label={t('crm.howTo.examples')}
          style={{ alignSelf: 'flex-start', maxWidth: '100%' }}
        />
        <Text size="sm" c="dimmed">
          {t(`crm.exampleHint.${step}`)}
        </Text>
        <CodeBlock code={example} label={t(`crm.example.${step}`)} />
        <div>
          <CopyButton value={example} label={t('crm.howTo.copy')} />
        </div>
      </Stack>
      <Text size="sm" c="dimmed">
        {t('crm.howTo.rules')}
      </Text>
    </Panel>
  );
}
