import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { useCallWords } from '@/features/calls/hooks/useCallWords';
import { useFormat } from '@/format/useFormat';
import { RehearseScenarioDocument, type RehearseScenarioQuery } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { find, type Graph, graphInput, outlineOf } from '../graph';
import type { Catalogue, ScenarioChoices } from '../hooks/useCatalogue';
import { outcomesOf } from '../outcomes';

/** What a fake caller went through. */
export type Steps = RehearseScenarioQuery['rehearseScenario'];

interface RehearsalPanelProps {
  graph: Graph;
  catalogue: Catalogue;
  choices: ScenarioChoices;
  /** Absent: none was led yet, or the scenario was changed since. */
  steps: Steps | undefined;
  onSteps: (steps: Steps | undefined) => void;
  onSelect: (id: string) => void;
}

/** Leads a fake caller through a scenario as it stands here, saved or not. */
export function RehearsalPanel(props: RehearsalPanelProps) {
  const { graph, catalogue, steps, onSteps } = props;
  const { t } = useTranslation();
  const client = useClient();
  const words = useCallWords();
  const { pending, error, submit } = useSubmit();
  const form = useForm<{ phone: string; number: string; at: string; outcomes: Record<string, string> }>({
    initialValues: { phone: '', number: '', at: '', outcomes: {} },
  });
  const asked = outlineOf(graph)
    .map(({ operation }) => ({
      operation,
      outcomes: outcomesOf(operation, catalogue.specOf(operation.type)),
    }))
    .filter(({ outcomes }) => outcomes.length > 0);
  const title = (type: string, outcome: string) => {
    const known = catalogue.specOf(type)?.exits.some(({ name }) => name === outcome);
    return known ? catalogue.exitTitle(type, outcome) : words.exit(outcome);
  };
  const send = ({ phone, number, at, outcomes }: typeof form.values) => {
    const caller = {
      phone: phone.trim(),
      number: number.trim(),
      at: at === '' ? null : new Date(at).toISOString(),
      outcomes: Object.entries(outcomes)
        .filter(([id, outcome]) => outcome !== '' && find(graph, id))
        .map(([operationId, outcome]) => ({ operationId, outcome })),
    };
    void submit({
      form,
      send: () =>
        client
          .query(
            RehearseScenarioDocument,
            { graph: graphInput(graph), caller },
            { requestPolicy: 'network-only' },
          )
          .toPromise(),
      done: (data) => onSteps(data.rehearseScenario),
    });
  };
  return (
    <Panel title={t('scenarios.rehearsal.title')} lead={t('scenarios.rehearsal.lead')}>
      <form noValidate onSubmit={form.onSubmit(send)}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <TextInput
              label={t('scenarios.rehearsal.phone')}
              type="tel"
              placeholder="+7 926 123-45-67"
              {...form.getInputProps('phone')}
            />
            <TextInput label={t('scenarios.rehearsal.number')} type="tel" {...form.getInputProps('number')} />
            <TextInput
              label={t('scenarios.rehearsal.at')}
              type="datetime-local"
              {...form.getInputProps('at')}
            />
            {asked.map(({ operation, outcomes }) => (
              <Select
                key={operation.id}
                label={catalogue.nameOf(operation)}
                placeholder={t('scenarios.rehearsal.usual')}
                clearable
                clearButtonProps={{ 'aria-label': t('common.action.clear') }}
                data={outcomes.map((value) => ({ value, label: title(operation.type, value) }))}
                value={form.values.outcomes[operation.id] || null}
                onChange={(outcome) =>
                  form.setFieldValue('outcomes', { ...form.values.outcomes, [operation.id]: outcome ?? '' })
                }
              />
            ))}
          </SimpleGrid>
          <ProblemAlert error={error} />
          <Group>
            <Button
              type="submit"
              variant="default"
              loading={pending}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
            >
              {t('scenarios.rehearsal.submit')}
            </Button>
            {steps && (
              <Button variant="subtle" color="gray" onClick={() => onSteps(undefined)}>
                {t('scenarios.rehearsal.clear')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      <div role="status">{steps && <StepList {...props} steps={steps} title={title} />}</div>
    </Panel>
  );
}

interface StepListProps extends RehearsalPanelProps {
  steps: Steps;
  title: (type: string, outcome: string) => string;
}

function StepList({ graph, catalogue, choices, steps, title, onSelect }: StepListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const sound = (id: string) => choices?.mediaFiles.find((file) => file.id === id)?.name ?? id;
  return (
    <Stack component="ol" gap="xs" pl="lg" m={0}>
      {steps.map((step, index) => {
        const operation = find(graph, step.operationId);
        return (
          <li key={index}>
            <Group gap={6}>
              {operation ? (
                <Button variant="subtle" size="compact-sm" onClick={() => onSelect(operation.id)}>
                  {catalogue.nameOf(operation)}
                </Button>
              ) : (
                <Text size="sm">{step.operationId}</Text>
              )}
              <Text size="sm" c="dimmed">
                → {step.exit ? title(operation?.type ?? '', step.exit) : t('scenarios.exits.end')}
              </Text>
            </Group>
            {step.plays.length > 0 && (
              <Text size="sm" className="break">
                {t('scenarios.rehearsal.plays', { names: step.plays.map(sound).join(', ') })}
              </Text>
            )}
            {step.rings.map((ring, at) => (
              <Text key={at} size="sm" className="break numeric">
                {t('scenarios.rehearsal.rings', {
                  who: [ring.employeeName, ring.kind === 'number' ? format.phone(ring.value) : ring.value]
                    .filter(Boolean)
                    .join(' · '),
                })}
                {ring.delayMs > 0 &&
                  ` (${t('scenarios.rehearsal.after', { delay: format.duration(ring.delayMs / 1000) })})`}
              </Text>
            ))}
          </li>
        );
      })}
    </Stack>
  );
}
