import {
  Alert,
  Button,
  Fieldset,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScenarioProblemFieldsFragment } from '@/graphql/generated/graphql';
import type { Edit, Graph, Operation } from '../graph';
import type { Catalogue, ScenarioChoices } from '../hooks/useCatalogue';
import { useProblemWords } from '../hooks/useProblemWords';
import { operationHeading } from '../headings';
import { shownExits } from '../layout';
import { SettingField } from './SettingField';

interface OperationFormProps {
  graph: Graph;
  operation: Operation;
  catalogue: Catalogue;
  choices: ScenarioChoices;
  problems: readonly ScenarioProblemFieldsFragment[];
  canChange: boolean;
  edit: (edit: Edit) => void;
  /** Adds an operation an exit leads to. */
  onAdd: (type: string, exit: string) => void;
}

/** The settings of one operation, and where its exits lead. */
export function OperationForm(props: OperationFormProps) {
  const { graph, operation, catalogue, choices, problems, canChange, edit } = props;
  const { t } = useTranslation();
  const words = useProblemWords(catalogue);
  const { id, type } = operation;
  const spec = catalogue.specOf(type);
  const own = problems.filter(({ operationId }) => operationId === id);
  const fields = (spec?.fields ?? []).filter(({ shownWhen, shownValue }) => {
    const other = spec?.fields.find(({ key }) => key === shownWhen);
    return shownWhen === '' || (operation.settings[shownWhen]?.[0] || other?.default) === shownValue;
  });
  const faultOf = (key: string) => {
    const problem = own.find((one) => one.key === key && !one.isWarning);
    return problem && words({ ...problem, key: '' }, operation);
  };
  const general = own.filter(({ key, isWarning }) => isWarning || fields.every((field) => field.key !== key));
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start" gap="xs">
        <div>
          <Title order={3} size="h5" id={operationHeading} tabIndex={-1}>
            {catalogue.typeTitle(type)}
          </Title>
          <Text size="sm" c="dimmed">
            {spec && catalogue.local(spec.summary)}
          </Text>
        </div>
        {canChange && (
          <Group gap="xs">
            {graph.start !== id && (
              <Button size="xs" variant="default" onClick={() => edit({ type: 'start', id })}>
                {t('scenarios.form.makeStart')}
              </Button>
            )}
            <Button size="xs" variant="subtle" color="red" onClick={() => edit({ type: 'remove', id })}>
              {t('scenarios.form.remove')}
            </Button>
          </Group>
        )}
      </Group>
      {general.length > 0 && (
        <Alert color={general.some(({ isWarning }) => !isWarning) ? 'red' : 'orange'} variant="light">
          {general.map((problem, index) => (
            <Text key={index} size="sm">
              {words(problem, operation)}
            </Text>
          ))}
        </Alert>
      )}
      <TextInput
        label={t('scenarios.form.title')}
        placeholder={catalogue.typeTitle(type)}
        maxLength={100}
        readOnly={!canChange}
        value={operation.title}
        onChange={(event) => edit({ type: 'title', id, title: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {fields.map((field) => (
          <SettingField
            key={`${id} ${field.key}`}
            field={field}
            values={operation.settings[field.key] ?? []}
            catalogue={catalogue}
            choices={choices}
            error={faultOf(field.key)}
            readOnly={!canChange}
            onChange={(values) => edit({ type: 'set', id, key: field.key, values })}
          />
        ))}
      </SimpleGrid>
      {spec && spec.exits.length > 0 && <Exits key={id} {...props} />}
    </Stack>
  );
}

const added = 'add:';

function Exits({ graph, operation, catalogue, canChange, edit, onAdd }: OperationFormProps) {
  const { t } = useTranslation();
  const [isAll, setAll] = useState(false);
  const { id, type } = operation;
  const all = catalogue.specOf(type)?.exits ?? [];
  const shown = shownExits(operation, catalogue.specOf(type));
  const names =
    isAll || shown.length === 0 ? [...new Set([...all.map(({ name }) => name), ...shown])] : shown;
  const hidden = all.length - all.filter(({ name }) => names.includes(name)).length;
  return (
    <Fieldset legend={t('scenarios.exits.title')}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {names.map((exit) => (
            <Select
              key={exit}
              label={catalogue.exitTitle(type, exit)}
              readOnly={!canChange}
              searchable
              clearable
              clearButtonProps={{ 'aria-label': t('common.action.clear') }}
              placeholder={t('scenarios.exits.end')}
              nothingFoundMessage={t('common.state.nothingFound')}
              data={[
                {
                  group: t('scenarios.exits.there'),
                  items: graph.operations.map((other) => ({
                    value: other.id,
                    label: `${catalogue.nameOf(other)} (${other.id})`,
                  })),
                },
                {
                  group: t('scenarios.exits.add'),
                  items: catalogue.specs.map((spec) => ({
                    value: added + spec.type,
                    label: `+ ${catalogue.local(spec.title)}`,
                  })),
                },
              ]}
              value={operation.exits[exit] ?? null}
              onChange={(to) =>
                to?.startsWith(added)
                  ? onAdd(to.slice(added.length), exit)
                  : edit({ type: 'lead', id, exit, to: to ?? '' })
              }
            />
          ))}
        </SimpleGrid>
        {(hidden > 0 || isAll) && (
          <div>
            <Button size="compact-sm" variant="subtle" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
              {isAll ? t('scenarios.exits.fewer') : t('scenarios.exits.more', { count: hidden })}
            </Button>
          </div>
        )}
      </Stack>
    </Fieldset>
  );
}
