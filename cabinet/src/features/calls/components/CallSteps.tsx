import { Badge, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { CallDetailFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { useCallWords } from '../hooks/useCallWords';
import { isBadExit } from '../words';
import classes from './CallCourse.module.css';

/** The operations of scenarios a call went through, with their exits and what was learnt there (MP-4). */
export function CallSteps({ steps, endedAt }: Pick<CallDetailFieldsFragment, 'steps' | 'endedAt'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useCallWords();
  return (
    <Panel title={t('calls.steps.title')}>
      <ol className={classes.list}>
        {steps.map((step, index) => (
          <li key={index} className={classes.item}>
            <Text size="xs" c="dimmed" component="span">
              {step.startedAt && <Moment at={step.startedAt} as="time" />}
            </Text>
            <div>
              <Group gap="xs">
                <Text size="sm" fw={600} component="span">
                  {words.operation(step.type)}
                </Text>
                {step.exit === '' && !endedAt && <Badge color="yellow">{t('calls.steps.now')}</Badge>}
                {step.exit !== '' && (
                  <Badge color={isBadExit(step.exit) ? 'orange' : 'green'}>→ {words.exit(step.exit)}</Badge>
                )}
                {step.startedAt && step.exitedAt && (
                  <Text size="xs" c="dimmed" component="span">
                    {format.duration((Date.parse(step.exitedAt) - Date.parse(step.startedAt)) / 1000)}
                  </Text>
                )}
              </Group>
              {step.detail !== '' && (
                <Text size="sm" className="break" mt={2}>
                  {step.type === 'crm_manager' && <strong>{t('calls.steps.crmSaid')} </strong>}
                  {step.detail}
                </Text>
              )}
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
