import operationTypes from './operationTypes.json';
import { ago } from './state';

type Args = Record<string, unknown>;
type Input = { input: Args };
type Refuse = (code: string, extensions: Args) => Error;
interface Operation {
  id: string;
  type: string;
  title: string;
  settings: { key: string; values: string[] }[];
  exits: { name: string; to: string }[];
  x: number;
  y: number;
}
type GraphArgs = { start: string; operations: Operation[] };

/** A scenario as the test server keeps it. */
export interface TestScenario extends Args {
  id: string;
  name: string;
  start: string;
  operations: Operation[];
  version: number;
}

/** What the test server knows about scenarios. */
export interface ScenariosState {
  scenarios: TestScenario[];
  media: (Args & { id: string })[];
  blocked: (Args & { phone: string })[];
}

const setting = (key: string, ...values: string[]) => ({ key, values });
const exit = (name: string, to: string) => ({ name, to });

/** A scenario with a menu and one with a manager, two sounds and two blocked callers, or nothing. */
export function newScenarios(isEmpty: boolean): ScenariosState {
  if (isEmpty) {
    return { scenarios: [], media: [], blocked: [] };
  }
  const common = { fallback: '', version: 3, numberCount: 0, createdAt: ago(9000), changedAt: ago(300) };
  const operation = { title: '', settings: [], exits: [], y: 24 };
  return {
    scenarios: [
      {
        ...common,
        id: '980',
        name: 'Основной сценарий',
        start: 'hours',
        fallback: '74951234500',
        numberCount: 1,
        operations: [
          {
            ...operation,
            id: 'hours',
            type: 'schedule',
            x: 24,
            settings: [setting('schedule', '930')],
            exits: [exit('open', 'menu'), exit('closed', 'mail')],
          },
          {
            ...operation,
            id: 'menu',
            type: 'menu',
            title: 'Приветствие',
            x: 336,
            settings: [setting('media', '985')],
            exits: [exit('1', 'sales'), exit('timeout', 'sales')],
          },
          {
            ...operation,
            id: 'sales',
            type: 'forward',
            x: 648,
            settings: [setting('to', 'group'), setting('group', '910')],
            exits: [exit('no_answer', 'mail')],
          },
          { ...operation, id: 'mail', type: 'voicemail', x: 336, y: 220 },
        ],
      },
      {
        ...common,
        id: '981',
        name: 'Персональный менеджер',
        start: 'manager',
        operations: [{ ...operation, id: 'manager', type: 'crm_manager', x: 24 }],
      },
    ],
    media: [
      { id: '985', name: 'Приветствие.wav', contentType: 'audio/wav', bytes: 340_000, createdAt: ago(5000) },
      {
        id: '986',
        name: 'Нерабочее время.mp3',
        contentType: 'audio/mpeg',
        bytes: 51_000,
        createdAt: ago(4000),
      },
    ],
    blocked: [
      { phone: '79260000001', note: 'Звонит и молчит', createdAt: ago(600) },
      { phone: '79260000002', note: '', createdAt: ago(6000) },
    ],
  };
}

/** As the real checks, as far as tests need them: required settings, and exits of note that lead nowhere. */
function problemsOf({ start, operations }: GraphArgs) {
  const problem = (operationId: string | null, key: string, reason: string, isWarning = false) => ({
    operationId,
    key,
    reason,
    message: reason,
    isWarning,
  });
  const found = operations.flatMap(({ id, type, settings, exits }) => {
    const spec = operationTypes.find((candidate) => candidate.type === type);
    const value = (key: string) =>
      settings.find((one) => one.key === key)?.values[0] ??
      spec?.fields.find((one) => one.key === key)?.default;
    return [
      ...(spec?.fields ?? [])
        .filter(
          ({ required, shownWhen, shownValue }) =>
            required && (!shownWhen || value(shownWhen) === shownValue),
        )
        .filter(({ key }) => !value(key))
        .map(({ key }) => problem(id, key, 'missing')),
      ...(spec?.exits ?? [])
        .filter(({ name, isMain }) => isMain && !exits.some((one) => one.name === name))
        .map(({ name }) => problem(id, name, 'no_exit', true)),
    ];
  });
  return operations.some(({ id }) => id === start) ? found : [problem(null, '', 'no_start'), ...found];
}

/** Answers about scenarios, sounds and blocked callers. */
export function scenarioQueries(state: ScenariosState, refuse: Refuse) {
  return {
    scenarios: () => state.scenarios,
    scenario: (_: unknown, { id }: Args) => {
      const found = state.scenarios.find((scenario) => scenario.id === id);
      if (!found) {
        throw refuse('NOT_FOUND', { reason: 'not_found' });
      }
      return found;
    },
    scenarioOperationTypes: () => operationTypes,
    validateScenario: (_: unknown, { graph }: { graph: GraphArgs }) => problemsOf(graph),
    rehearseScenario: (_: unknown, { graph, caller }: { graph: GraphArgs; caller: Args }) => {
      const outcomes = caller.outcomes as { operationId: string; outcome: string }[];
      const steps: Args[] = [];
      for (let id = graph.start; id !== '' && steps.length < 20;) {
        const operation = graph.operations.find((one) => one.id === id);
        const usual: Record<string, string> = { schedule: 'open', menu: 'timeout', forward: 'answered' };
        const type = operation?.type ?? '';
        const left = outcomes.find(({ operationId }) => operationId === id)?.outcome ?? usual[type] ?? 'done';
        steps.push({
          operationId: id,
          exit: left,
          detail: '',
          rings:
            type === 'forward'
              ? [
                  { kind: 'number', value: '79261234567', employeeName: 'Смирнова Анна', delayMs: 0 },
                  { kind: 'line', value: '102', employeeName: 'Иванов Пётр', delayMs: 5000 },
                ]
              : [],
          plays: type === 'menu' ? ['985'] : [],
        });
        id = operation?.exits.find(({ name }) => name === left)?.to ?? '';
      }
      return steps;
    },
    mediaFiles: () => state.media,
    blockedCallers: () => state.blocked,
  };
}

/** Changes of scenarios, sounds and blocked callers. */
export function scenarioMutations(state: ScenariosState, id: () => string, refuse: Refuse) {
  const graphOf = (graph: unknown) => {
    const faults = problemsOf(graph as GraphArgs).filter(({ isWarning }) => !isWarning);
    if (faults[0]) {
      throw refuse('BAD_USER_INPUT', { reason: faults[0].reason, field: 'graph' });
    }
    return graph as GraphArgs;
  };
  return {
    createScenario: (_: unknown, { input }: Input) => {
      const scenario = {
        id: id(),
        name: String(input.name),
        version: 1,
        numberCount: 0,
        createdAt: ago(0),
        changedAt: ago(0),
        ...graphOf(input.graph),
      };
      state.scenarios.push(scenario);
      return { scenario };
    },
    updateScenario: (_: unknown, { input }: Input) => {
      const scenario = state.scenarios.find((one) => one.id === input.id);
      if (scenario?.version !== input.version) {
        throw refuse('CONFLICT', { reason: 'changed_meanwhile' });
      }
      return {
        scenario: Object.assign(scenario as TestScenario, graphOf(input.graph), {
          name: String(input.name),
          version: Number(input.version) + 1,
        }),
      };
    },
    deleteScenario: (_: unknown, { input }: Input) => {
      const scenario = state.scenarios.find((one) => one.id === input.id);
      if (scenario && Number(scenario.numberCount) > 0) {
        throw refuse('CONFLICT', { reason: 'in_use' });
      }
      state.scenarios = state.scenarios.filter((one) => one.id !== input.id);
      return { id: input.id };
    },
    uploadMediaFile: (_: unknown, { input }: Input) => {
      const content = Buffer.from(String(input.content), 'base64');
      const mediaFile = {
        id: id(),
        name: input.fileName,
        contentType: 'audio/wav',
        bytes: content.length,
        createdAt: ago(0),
      };
      state.media.push(mediaFile);
      return { mediaFile };
    },
    deleteMediaFile: (_: unknown, { input }: Input) => {
      state.media = state.media.filter((one) => one.id !== input.id);
      return { id: input.id };
    },
    blockCaller: (_: unknown, { input }: Input) => {
      const phone = String(input.phone).replace(/\D/g, '');
      if (phone.length < 10) {
        throw refuse('BAD_USER_INPUT', { reason: 'bad_phone', field: 'phone' });
      }
      const blockedCaller = { phone, note: input.note, createdAt: ago(0) };
      state.blocked.unshift(blockedCaller);
      return { blockedCaller };
    },
    unblockCaller: (_: unknown, { input }: Input) => {
      state.blocked = state.blocked.filter(({ phone }) => phone !== input.phone);
      return { phone: input.phone };
    },
  };
}
