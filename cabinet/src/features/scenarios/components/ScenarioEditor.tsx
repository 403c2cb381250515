import { Alert, Button, Group, Menu, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconLayoutDistributeHorizontal, IconPlus } from '@tabler/icons-react';
import { useBlocker, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useClient, useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import {
  CreateScenarioDocument,
  ScenarioDocument,
  type ScenarioFieldsFragment,
  UpdateScenarioDocument,
} from '@/graphql/generated/graphql';
import { problemOf } from '@/graphql/problem';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { type Edit, find, freeId, type Graph, graphInput, graphOf, isSame, mostOperations } from '../graph';
import { operationHeading } from '../headings';
import { advance, historyOf } from '../history';
import type { Catalogue, ScenarioChoices } from '../hooks/useCatalogue';
import { useProblems } from '../hooks/useProblems';
import { useProblemWords } from '../hooks/useProblemWords';
import { boxesOf, freePlace, tidied } from '../layout';
import { Canvas } from './Canvas';
import { OperationForm } from './OperationForm';
import { Outline } from './Outline';
import { RehearsalPanel, type Steps } from './RehearsalPanel';
import { UsedBy } from './UsedBy';

interface ScenarioEditorProps {
  /** The scenario to change; a new one when absent. */
  scenario?: ScenarioFieldsFragment | undefined;
  /** What a new scenario begins with. */
  begin: { name: string; graph: Graph };
  catalogue: Catalogue;
  choices: ScenarioChoices;
}

const context = { additionalTypenames: ['Scenario'] };

/** Edits a scenario: its canvas, its outline, the settings of one operation, and a rehearsal. */
export function ScenarioEditor({ scenario, begin, catalogue, choices }: ScenarioEditorProps) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const [{ graph, past }, dispatch] = useReducer(advance, begin.graph, historyOf);
  const [name, setName] = useState(begin.name);
  const [selected, setSelected] = useState<string | undefined>(begin.graph.start || undefined);
  const [steps, setSteps] = useState<Steps>();
  const words = useProblemWords(catalogue);
  const { problems, error: checkError } = useProblems(graph);
  // What was saved last: against it changes are told.
  const [saved, setSaved] = useState({ ...begin, version: scenario?.version ?? 0 });
  const isChanged = name !== saved.name || !isSame(graph, saved.graph);
  const operation = selected === undefined ? undefined : find(graph, selected);
  const whole = problems.filter(({ operationId }) => operationId === null);
  const faults = problems.filter(({ isWarning }) => !isWarning).length;
  const lit = useMemo(() => new Map((steps ?? []).map((step) => [step.operationId, step.exit])), [steps]);

  const edit = useCallback((edit: Edit) => {
    if (edit.type !== 'move') {
      setSteps(undefined);
    }
    dispatch(edit);
  }, []);
  const add = (type: string, from?: { id: string; exit: string }) => {
    const place = freePlace(boxesOf(graph, catalogue.specOf), from?.id ?? selected);
    edit({ type: 'add', operation: type, ...place, ...(from ? { from } : {}) });
    setSelected(freeId(graph, type));
  };

  /** Shows an operation's settings and goes there. */
  const open = (id: string) => {
    setSelected(id);
    requestAnimationFrame(() => document.getElementById(operationHeading)?.focus());
  };

  const save = useSave({
    scenario,
    name,
    graph,
    version: saved.version,
    onSaved: (stored) => setSaved({ name: stored.name, graph: graphOf(stored), version: stored.version }),
    onTheirs: (theirs) => {
      dispatch({ type: 'reset', graph: graphOf(theirs) });
      setName(theirs.name);
      setSelected(theirs.start);
      setSaved({ name: theirs.name, graph: graphOf(theirs), version: theirs.version });
    },
  });
  const blocker = useBlocker({
    shouldBlockFn: () => canChange && isChanged && !save.isLeaving.current,
    enableBeforeUnload: () => canChange && isChanged && !save.isLeaving.current,
    withResolver: true,
  });

  return (
    <Stack gap="lg">
      <Panel>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void save.send();
          }}
        >
          <Stack gap="sm">
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
              <TextInput
                label={t('scenarios.form.name')}
                required
                readOnly={!canChange}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={save.nameMissing && name.trim() === '' ? t('common.form.required') : undefined}
              />
              <TextInput
                label={t('scenarios.form.fallback')}
                description={t('scenarios.form.fallbackHint')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                type="tel"
                readOnly={!canChange}
                value={graph.fallback}
                onChange={(event) => edit({ type: 'fallback', fallback: event.currentTarget.value })}
              />
            </SimpleGrid>
            {save.isConflict ? (
              <Alert color="orange" variant="light" role="alert" title={t('scenarios.conflict.title')}>
                <Text size="sm" mb="xs">
                  {t('scenarios.conflict.text')}
                </Text>
                <Group gap="xs">
                  <Button size="xs" variant="default" onClick={() => void save.takeTheirs()}>
                    {t('scenarios.conflict.theirs')}
                  </Button>
                  <Button size="xs" color="orange.8" onClick={() => void save.overwrite()}>
                    {t('scenarios.conflict.mine')}
                  </Button>
                </Group>
              </Alert>
            ) : (
              <ProblemAlert error={save.error} />
            )}
            {canChange && (
              <Group gap="xs">
                <Button type="submit" loading={save.pending} disabled={!isChanged && scenario !== undefined}>
                  {t(scenario ? 'common.action.save' : 'scenarios.form.create')}
                </Button>
                <Text size="sm" c="dimmed" role="status">
                  {faults > 0
                    ? t('scenarios.form.faults', { count: faults })
                    : isChanged
                      ? t('scenarios.form.unsaved')
                      : scenario && t('common.state.saved')}
                </Text>
              </Group>
            )}
          </Stack>
        </form>
      </Panel>
      <Panel
        title={t('scenarios.canvas.title')}
        actions={
          canChange && (
            <Group gap="xs">
              <Button
                size="xs"
                variant="default"
                disabled={past.length === 0}
                leftSection={<IconArrowBackUp size={14} aria-hidden />}
                onClick={() => dispatch({ type: 'undo' })}
              >
                {t('scenarios.canvas.undo')}
              </Button>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconLayoutDistributeHorizontal size={14} aria-hidden />}
                onClick={() => edit({ type: 'replace', graph: tidied(graph, catalogue.specOf) })}
              >
                {t('scenarios.canvas.tidy')}
              </Button>
              <AddMenu
                catalogue={catalogue}
                isFull={graph.operations.length >= mostOperations}
                onAdd={(type) => add(type)}
              />
            </Group>
          )
        }
      >
        {whole.map((problem) => (
          <Alert key={problem.reason} color="red" variant="light">
            {words(problem, undefined)}
          </Alert>
        ))}
        <ProblemAlert error={checkError} />
        <Canvas
          graph={graph}
          catalogue={catalogue}
          problems={problems}
          selected={selected}
          lit={lit}
          canChange={canChange}
          onSelect={setSelected}
          edit={edit}
        />
        {canChange && (
          <Text size="xs" c="dimmed" id="canvas-keys">
            {t('scenarios.canvas.keys')}
          </Text>
        )}
      </Panel>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Panel title={t('scenarios.outline.title')}>
          <Outline
            graph={graph}
            catalogue={catalogue}
            problems={problems}
            selected={selected}
            lit={lit}
            onSelect={open}
          />
        </Panel>
        <Panel title={t('scenarios.form.operation')}>
          {operation ? (
            <OperationForm
              graph={graph}
              operation={operation}
              catalogue={catalogue}
              choices={choices}
              problems={problems}
              canChange={canChange}
              edit={edit}
              onAdd={(type, exit) => add(type, { id: operation.id, exit })}
            />
          ) : (
            <Text size="sm" c="dimmed">
              {t('scenarios.form.noOperation')}
            </Text>
          )}
        </Panel>
      </SimpleGrid>
      <RehearsalPanel
        graph={graph}
        catalogue={catalogue}
        choices={choices}
        steps={steps}
        onSteps={setSteps}
        onSelect={open}
      />
      {scenario && <UsedBy scenarioId={scenario.id} count={scenario.numberCount} />}
      <ConfirmDialog
        opened={blocker.status === 'blocked'}
        onClose={() => blocker.reset?.()}
        title={t('scenarios.leave.title')}
        text={t('scenarios.leave.text')}
        confirm={t('scenarios.leave.confirm')}
        onConfirm={() => blocker.proceed?.()}
      />
    </Stack>
  );
}

interface AddMenuProps {
  catalogue: Catalogue;
  isFull: boolean;
  onAdd: (type: string) => void;
}

function AddMenu({ catalogue, isFull, onAdd }: AddMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" disabled={isFull} leftSection={<IconPlus size={14} aria-hidden />}>
          {t('scenarios.canvas.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {catalogue.specs.map((spec) => (
          <Menu.Item key={spec.type} onClick={() => onAdd(spec.type)}>
            <Text size="sm">{catalogue.local(spec.title)}</Text>
            <Text size="xs" c="dimmed">
              {catalogue.local(spec.summary)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface SaveOptions {
  scenario: ScenarioFieldsFragment | undefined;
  name: string;
  graph: Graph;
  version: number;
  onSaved: (scenario: ScenarioFieldsFragment) => void;
  onTheirs: (scenario: ScenarioFieldsFragment) => void;
}

/** Saves a scenario; tells when somebody else saved it meanwhile. */
function useSave({ scenario, name, graph, version, onSaved, onTheirs }: SaveOptions) {
  const client = useClient();
  const navigate = useNavigate();
  const [, create] = useMutation(CreateScenarioDocument);
  const [, update] = useMutation(UpdateScenarioDocument);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const [nameMissing, setNameMissing] = useState(false);
  const isLeaving = useRef(false);

  const send = async (over = version) => {
    setNameMissing(true);
    if (name.trim() === '') {
      return;
    }
    setPending(true);
    setError(undefined);
    const input = { name: name.trim(), graph: graphInput(graph) };
    if (scenario) {
      const { data, error } = await update({ input: { id: scenario.id, version: over, ...input } }, context);
      setError(error);
      if (data && !error) {
        onSaved(data.updateScenario.scenario);
      }
    } else {
      const { data, error } = await create({ input }, context);
      setError(error);
      if (data && !error) {
        isLeaving.current = true;
        const { id } = data.createScenario.scenario;
        await navigate({ to: '/scenarios/$scenarioId', params: { scenarioId: id }, replace: true });
      }
    }
    setPending(false);
  };
  const read = async () => {
    const variables = { id: scenario?.id ?? '' };
    const { data, error } = await client
      .query(ScenarioDocument, variables, { requestPolicy: 'network-only' })
      .toPromise();
    setError(error);
    return data?.scenario;
  };
  const takeTheirs = async () => {
    const theirs = await read();
    if (theirs) {
      onTheirs(theirs);
    }
  };
  const overwrite = async () => {
    const theirs = await read();
    if (theirs) {
      await send(theirs.version);
    }
  };
  const problem = error && problemOf(error);
  const isConflict = problem?.code === 'CONFLICT' && problem.reason === 'changed_meanwhile';
  return { send, takeTheirs, overwrite, pending, error, isConflict, nameMissing, isLeaving };
}
