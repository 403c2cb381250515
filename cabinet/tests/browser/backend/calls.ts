import { source } from './people';
import { ago } from './state';

type Args = Record<string, unknown>;
type Input = { input: Args };
type Refuse = (code: string, extensions: Args) => Error;

/** A call as the test server keeps it. */
export interface TestCall extends Args {
  id: string;
  state: string;
  isLost: boolean;
  contactName: string;
  contactPhone: string;
  tags: { id: string; name: string }[];
  corrections: Args[];
  candidates: Args[];
  recordings: (Args & { id: string })[];
  calledBackAt: string | null;
}

/** What the test server knows about calls. */
export interface CallsState {
  calls: TestCall[];
  tags: { id: string; name: string }[];
  connections: (Args & { id: string })[];
  employeeStates: Args[];
  numbers: Args[];
  /** Actions that were sent to running calls, and calls that were begun. */
  commands: Args[];
  /** Why calls by click are refused; null = they are not. */
  refusal: string | null;
  /** Rings that go on: who listens anew is told of them. */
  ringing: Args[];
  /** Those who listen. */
  popUpListeners: Set<(popUp: Args) => void>;
  changeListeners: Set<() => void>;
}

const start = Date.parse('2026-03-14T12:00:00.000Z');
const at = (second: number) => new Date(start + second * 1000).toISOString();

const anna = { id: '900', name: 'Смирнова Анна', extension: '101' };
const pyotr = { id: '901', name: 'Иванов Пётр (retailCRM)', extension: '102' };
const number = { id: '950', number: '74951234567', name: 'Яндекс Директ' };
const tags = [
  { id: '970', name: 'Заказ' },
  { id: '971', name: 'Жалоба' },
];
const ads = source({
  channel: 'PAID',
  source: 'yandex',
  medium: 'cpc',
  campaign: 'vesna',
  term: 'букет роз с доставкой',
  isPaid: true,
});
const campaign = { id: '40', name: 'Яндекс Директ: весна' };
const deal = {
  id: '700',
  externalId: '1044',
  name: 'Букет на юбилей',
  url: 'https://company.crm.example/leads/1044',
  revenue: { amount: '12500.00', currency: 'RUB' },
  stage: { id: '1', name: 'Согласование', status: 'IN_PROCESS' },
};
const peaks = Array.from({ length: 400 }, (_, index) =>
  Math.round(50 + 45 * Math.sin(index / 3) * Math.sin(index / 41)),
);

const plain = {
  connectionId: '960',
  externalId: '',
  direction: 'IN',
  state: 'FINISHED',
  contactPhone: '79261112233',
  contactName: '',
  virtualNumber: '74951234567',
  number,
  siteId: '10',
  startedAt: at(0),
  answeredAt: null,
  endedAt: at(40),
  waitMs: 40_000,
  talkMs: 0,
  totalMs: 40_000,
  isLost: false,
  lostReason: '',
  endReason: '',
  isIncomplete: false,
  isFirst: false,
  employee: null,
  employees: [],
  scenarioId: null,
  visitorId: null,
  visitor: null,
  sessionId: null,
  source: null,
  campaign: null,
  method: 'UNKNOWN',
  probability: 0,
  candidates: [],
  corrections: [],
  legs: [],
  talks: [],
  steps: [],
  transfers: [],
  pressed: [],
  tags: [],
  recordings: [],
  deals: [],
  calledBackAt: null,
  calledBack: null,
  version: 1,
};
const leg = {
  role: 'EMPLOYEE',
  employee: null,
  extension: '',
  number: '',
  via: 'line',
  state: 'ENDED',
  startedAt: null,
  rangAt: null,
  answeredAt: null,
  endedAt: null,
  reason: '',
  endedBy: '',
  sipCode: 0,
  holds: [],
};
const recording = (id: string, talkId: string, from: number, seconds: number) => ({
  id,
  talkId,
  state: 'STORED',
  failure: '',
  startedAt: at(from),
  durationMs: seconds * 1000,
  channels: 2,
  format: 'wav',
  bytes: seconds * 16_000,
  peaks,
  url: `https://skvoz.example/recordings/${id}`,
});
const candidate = (index: number, probability: number, why: string[]) => ({
  visitorId: `10${index}`,
  sessionId: `20${index}`,
  source: index === 1 ? ads : source({ channel: 'ORGANIC', source: 'google' }),
  campaign: index === 1 ? campaign : null,
  probability,
  silenceMs: index * 12_000,
  why,
});

/** An account that telephones, or one without a PBX. */
export function newCalls(isEmpty: boolean): CallsState {
  return {
    calls: isEmpty ? [] : [running(), talked(), lost(), reached(), outgoing(), hidden()],
    tags: isEmpty ? [] : tags.map((tag) => ({ ...tag })),
    connections: isEmpty ? [] : connections(),
    employeeStates: isEmpty ? [] : states(),
    numbers: isEmpty ? [] : [number],
    commands: [],
    refusal: null,
    ringing: [],
    popUpListeners: new Set(),
    changeListeners: new Set(),
  };
}

/** A call that goes on. */
function running(): TestCall {
  return {
    ...structuredClone(plain),
    id: '505',
    pbxCallId: 'sim-505',
    state: 'TALKING',
    contactName: 'Ольга Петрова',
    contactPhone: '79035550011',
    startedAt: ago(3),
    answeredAt: ago(2.8),
    endedAt: null,
    employee: anna,
    employees: [{ employee: anna, rangAt: ago(2.9), isAnswered: true, isTalked: true, reason: '' }],
    source: ads,
    campaign,
    method: 'EXCLUSIVE',
    probability: 1,
    legs: [
      {
        ...leg,
        id: 'l1',
        role: 'CONTACT',
        number: '79035550011',
        state: 'ANSWERED',
        startedAt: ago(3),
        answeredAt: ago(3),
      },
      {
        ...leg,
        id: 'l2',
        employee: anna,
        state: 'ANSWERED',
        startedAt: ago(2.9),
        rangAt: ago(2.9),
        answeredAt: ago(2.8),
      },
    ],
    talks: [{ id: 't1', n: 1, legIds: ['l1', 'l2'], startedAt: ago(2.8), endedAt: null, durationMs: 0 }],
  };
}

/** A call with everything: a scenario, a hold, a transfer, two recorded talks. */
function talked(): TestCall {
  return {
    ...structuredClone(plain),
    id: '500',
    pbxCallId: 'sim-500',
    contactName: 'Мария Кузнецова',
    contactPhone: '79264443322',
    answeredAt: at(18),
    endedAt: at(214),
    waitMs: 18_000,
    talkMs: 190_000,
    totalMs: 214_000,
    isFirst: true,
    employee: pyotr,
    employees: [
      { employee: anna, rangAt: at(9), isAnswered: true, isTalked: true, reason: 'transferred' },
      { employee: pyotr, rangAt: at(112), isAnswered: true, isTalked: true, reason: 'normal' },
    ],
    scenarioId: '990',
    visitorId: '100',
    visitor: { id: '100', name: 'Мария Кузнецова', sessionCount: 4, lastSeenAt: at(-60) },
    sessionId: '201',
    source: ads,
    campaign,
    method: 'WEIGHTED',
    probability: 0.92,
    candidates: [
      candidate(1, 0.92, ['holds', 'shown', 'tel_click']),
      candidate(2, 0.05, ['holds']),
      candidate(3, 0.03, ['ended']),
    ],
    corrections: [
      { at: at(3600), userName: 'Пётр Ильин', before: 'Неоднозначно', after: 'Яндекс Директ: весна' },
    ],
    steps: [
      {
        operationId: 'hours',
        type: 'schedule',
        scenarioId: '990',
        startedAt: at(0),
        exitedAt: at(0),
        exit: 'open',
        detail: '',
      },
      {
        operationId: 'manager',
        type: 'crm_manager',
        scenarioId: '990',
        startedAt: at(0),
        exitedAt: at(3),
        exit: 'timeout',
        detail: 'timeout: the CRM did not answer within 3000 ms',
      },
      {
        operationId: 'sales',
        type: 'forward',
        scenarioId: '990',
        startedAt: at(3),
        exitedAt: at(18),
        exit: 'answered',
        detail: '',
      },
    ],
    legs: [
      {
        ...leg,
        id: 'l1',
        role: 'CONTACT',
        number: '79264443322',
        startedAt: at(0),
        answeredAt: at(0),
        endedAt: at(214),
        reason: 'normal',
        endedBy: 'contact',
      },
      {
        ...leg,
        id: 'l2',
        employee: anna,
        startedAt: at(8),
        rangAt: at(9),
        answeredAt: at(18),
        endedAt: at(120),
        reason: 'transferred',
        endedBy: 'employee',
        holds: [{ from: at(80), to: at(104) }],
      },
      {
        ...leg,
        id: 'l3',
        employee: pyotr,
        startedAt: at(111),
        rangAt: at(112),
        answeredAt: at(120),
        endedAt: at(214),
        reason: 'normal',
        endedBy: 'contact',
      },
    ],
    talks: [
      { id: 't1', n: 1, legIds: ['l1', 'l2'], startedAt: at(18), endedAt: at(120), durationMs: 102_000 },
      { id: 't2', n: 2, legIds: ['l1', 'l3'], startedAt: at(120), endedAt: at(214), durationMs: 94_000 },
    ],
    transfers: [{ mode: 'blind', to: '102', state: 'done', code: '', at: at(111) }],
    pressed: [{ digits: '1', at: at(5) }],
    tags: tags.slice(0, 1),
    recordings: [recording('980', 't1', 18, 8), recording('981', 't2', 120, 6)],
    deals: [deal],
  };
}

/** A lost call that may be of several visits, not called back. */
function lost(): TestCall {
  return {
    ...structuredClone(plain),
    id: '501',
    pbxCallId: 'sim-501',
    isLost: true,
    lostReason: 'no_answer',
    startedAt: at(-600),
    endedAt: at(-560),
    employees: [
      { employee: anna, rangAt: at(-595), isAnswered: false, isTalked: false, reason: 'no_answer' },
      { employee: pyotr, rangAt: at(-595), isAnswered: false, isTalked: false, reason: 'busy' },
    ],
    method: 'AMBIGUOUS',
    candidates: [
      candidate(1, 0.41, ['holds', 'shown']),
      candidate(2, 0.38, ['holds', 'shown']),
      candidate(3, 0.21, ['holds']),
    ],
    legs: [
      {
        ...leg,
        id: 'l1',
        role: 'CONTACT',
        number: '79261112233',
        startedAt: at(-600),
        endedAt: at(-560),
        reason: 'cancelled',
        endedBy: 'contact',
      },
      {
        ...leg,
        id: 'l2',
        employee: anna,
        startedAt: at(-596),
        rangAt: at(-595),
        endedAt: at(-565),
        reason: 'no_answer',
      },
      {
        ...leg,
        id: 'l3',
        employee: pyotr,
        startedAt: at(-596),
        rangAt: at(-595),
        endedAt: at(-594),
        reason: 'busy',
        sipCode: 486,
      },
    ],
  };
}

/** A lost call that was called back. */
function reached(): TestCall {
  return {
    ...structuredClone(plain),
    id: '502',
    pbxCallId: 'sim-502',
    contactPhone: '74952223344',
    contactName: 'ООО «Очень Длинное Название Компании Для Проверки Переноса»',
    isLost: true,
    lostReason: 'out_of_schedule',
    startedAt: at(-4000),
    endedAt: at(-3990),
    method: 'STATIC',
    probability: 1,
    campaign,
    calledBackAt: at(-3000),
    calledBack: { id: '503', startedAt: at(-3000), direction: 'OUT', employee: anna },
  };
}

function outgoing(): TestCall {
  return {
    ...structuredClone(plain),
    id: '503',
    pbxCallId: 'sim-503',
    direction: 'OUT',
    contactPhone: '74952223344',
    startedAt: at(-3000),
    answeredAt: at(-2990),
    endedAt: at(-2900),
    waitMs: 10_000,
    talkMs: 90_000,
    employee: anna,
    method: 'REPEAT',
    probability: 0.8,
    recordings: [{ ...recording('982', '', -2990, 90), state: 'WAITING', url: null, peaks: [] }],
  };
}

function hidden(): TestCall {
  return {
    ...structuredClone(plain),
    id: '504',
    pbxCallId: 'sim-504',
    contactPhone: '',
    number: null,
    virtualNumber: '84950000000',
    isLost: true,
    lostReason: 'caller_hangup_in_menu',
    startedAt: at(-9000),
    endedAt: at(-8980),
    isIncomplete: true,
    endReason: 'no_events',
  };
}

function connections(): CallsState['connections'] {
  const common = {
    isEnabled: true,
    routeUrl: '',
    address: '',
    login: '',
    isWeak: false,
    allowedIps: [],
    allowedDestinations: ['7'],
    maxCallMinutes: 120,
    recordsAll: false,
    hasToken: true,
    isDown: false,
    activeCalls: 0,
    version: '',
    failure: '',
    lines: [],
  };
  return [
    {
      ...common,
      id: '960',
      kind: 'CTPBX',
      name: 'АТС в офисе',
      eventsUrl: 'https://skvoz.example/pbx/960/events',
      routeUrl: 'https://skvoz.example/pbx/960/route',
      address: 'https://pbx.romashka.example',
      heartbeatAt: ago(0.2),
      activeCalls: 1,
      version: 'pbxsim 1.0',
      lines: [
        { line: 'anna-softphone', extension: '101', state: 'busy', changedAt: ago(3) },
        { line: 'pyotr', extension: '102', state: 'free', changedAt: ago(70) },
        { line: 'sklad', extension: '', state: 'unavailable', changedAt: ago(900) },
      ],
    },
    {
      ...common,
      id: '961',
      kind: 'UIS',
      name: 'UIS',
      isWeak: true,
      eventsUrl: 'https://skvoz.example/pbx/n/0b7Qk2xV9aTt4mYc1nLe8rUw',
      heartbeatAt: ago(300),
      isDown: true,
      failure: 'auth_error: access token has been expired',
      allowedIps: ['195.211.120.0/24'],
    },
    {
      ...common,
      id: '962',
      kind: 'MANGO',
      name: 'Mango, филиал',
      eventsUrl: 'https://skvoz.example/pbx/962/mango',
      heartbeatAt: null,
    },
  ];
}

function states(): Args[] {
  const employee = { status: 'AVAILABLE', customStatus: null, statusAt: ago(50), takesCalls: true };
  return [
    {
      employee: { ...anna, ...employee },
      callState: 'TALKING',
      since: ago(2.8),
      callId: '505',
      lineState: 'busy',
    },
    {
      employee: { ...pyotr, ...employee },
      callState: 'FREE',
      since: ago(30),
      callId: null,
      lineState: 'free',
    },
    {
      employee: {
        id: '902',
        name: 'Очень-Длинная-Фамилия-Сотрудника Александра',
        extension: '',
        ...employee,
        status: 'BREAK',
        customStatus: { id: '920', name: 'Обед', color: '#9c36b5' },
        takesCalls: false,
      },
      callState: 'FREE',
      since: null,
      callId: null,
      lineState: '',
    },
  ];
}

/** The card of a call in a phase, as the server tells it. */
export function popUpOf(call: Args, phase: string, more: Args = {}): Args {
  return {
    id: `${String(call.id)}:${phase === 'LOST' ? 'lost' : 'l2'}`,
    phase,
    at: ago(0),
    call,
    person: null,
    deals: [],
    earlierCommunications: 0,
    ...more,
  };
}

/** Somebody who is known calls. */
export function knownCaller(phase: string): Args {
  const call = {
    ...talked(),
    id: '510',
    state: phase === 'ANSWERED' ? 'TALKING' : 'RINGING',
    endedAt: null,
    tags: [],
  };
  const person = {
    id: '1',
    visitors: [{ id: '100', name: 'Мария Кузнецова', sessionCount: 4, lastSeenAt: ago(9) }],
    contacts: [],
  };
  return popUpOf(call, phase, { person, deals: [deal], earlierCommunications: 3 });
}

/** Tells whoever listens of a ring. */
export function tell(state: CallsState, popUp: Args): void {
  state.popUpListeners.forEach((listener) => listener(popUp));
}

/** Answers about calls. */
export function callQueries(
  state: CallsState,
  pageOf: (rows: unknown[], args: Args) => unknown,
  refuse: Refuse,
) {
  const one = (things: { id: string }[], id: unknown) => {
    const thing = things.find((candidate) => candidate.id === id);
    if (!thing) {
      throw refuse('NOT_FOUND', { reason: 'not_found' });
    }
    return thing;
  };
  return {
    calls: (_: unknown, args: Args) => pageOf(state.calls.filter(matches((args.filter ?? {}) as Args)), args),
    call: (_: unknown, { id }: Args) => one(state.calls, id),
    callTags: () => state.tags,
    pbxConnections: () => state.connections,
    recordingSettings: () => ({ keepDays: 365 }),
    pbxConnection: (_: unknown, { id }: Args) => one(state.connections, id),
    virtualNumbers: (_: unknown, args: Args) => pageOf(state.numbers, args),
  };
}

const matches = (filter: Args) => (call: TestCall) =>
  (filter.isLost == null || call.isLost === filter.isLost) &&
  (filter.isCalledBack == null || (call.calledBackAt !== null) === filter.isCalledBack) &&
  (filter.hasRecording == null || call.recordings.some((r) => r.url !== null) === filter.hasRecording) &&
  (filter.methods == null || (filter.methods as unknown[]).includes(call.method)) &&
  (filter.tagId == null || call.tags.some(({ id }) => id === filter.tagId)) &&
  (filter.search == null ||
    `${call.contactName} ${call.contactPhone}`.toLowerCase().includes(String(filter.search).toLowerCase()));

/** Changes of calls, tags and connections. */
export function callMutations(state: CallsState, id: () => string, refuse: Refuse) {
  const callOf = (wanted: unknown): TestCall => {
    const call = state.calls.find((candidate) => candidate.id === wanted);
    // Cards may be of calls that are in no list.
    return (
      call ?? ({ ...structuredClone(plain), id: String(wanted), pbxCallId: '', state: 'TALKING' } as TestCall)
    );
  };
  const connectionOf = (wanted: unknown) => {
    const connection = state.connections.find((candidate) => candidate.id === wanted);
    if (!connection) {
      throw refuse('NOT_FOUND', { reason: 'not_found' });
    }
    return connection;
  };
  return {
    startCall: (_: unknown, { input }: Input) => {
      if (state.refusal !== null) {
        throw refuse('BAD_USER_INPUT', { reason: state.refusal, field: 'employeeId' });
      }
      state.commands.push(input);
      return { commandId: id(), pbxCallId: 'sim-new', callerId: '74951234567' };
    },
    controlCall: (_: unknown, { input }: Input) => {
      state.commands.push(input);
      const call = callOf(input.callId);
      const next = { HOLD: 'HELD', UNHOLD: 'TALKING' }[String(input.action)];
      if (next) {
        call.state = next;
      }
      return { call };
    },
    tagCall: (_: unknown, { input }: Input) => {
      const call = callOf(input.callId);
      const [add, remove] = [input.add as string[], input.remove as string[]];
      call.tags = [
        ...call.tags.filter((tag) => !remove.includes(tag.id)),
        ...state.tags.filter((tag) => add.includes(tag.id)),
      ];
      return { call };
    },
    correctCallAttribution: (_: unknown, { input }: Input) => {
      const call = callOf(input.callId);
      const chosen = call.candidates.find(({ sessionId }) => sessionId === input.sessionId);
      Object.assign(call, {
        method: 'MANUAL',
        probability: 1,
        sessionId: chosen?.sessionId ?? null,
        source: chosen?.source ?? null,
        campaign: chosen?.campaign ?? null,
      });
      call.corrections.unshift({
        at: ago(0),
        userName: 'Анна Смирнова',
        before: 'Неоднозначно',
        after: chosen ? 'Яндекс Директ: весна' : 'Никому',
      });
      return { call };
    },
    createCallTag: (_: unknown, { input }: Input) => {
      if (state.tags.some(({ name }) => name === input.name)) {
        throw refuse('CONFLICT', { reason: 'name_taken', field: 'name' });
      }
      const tag = { id: id(), name: String(input.name) };
      state.tags.push(tag);
      return { tag };
    },
    deleteCallTag: (_: unknown, { input }: Input) => {
      state.tags = state.tags.filter((tag) => tag.id !== input.id);
      return { id: input.id };
    },
    deleteRecording: (_: unknown, { input }: Input) => {
      const call = state.calls.find(({ recordings }) => recordings.some((r) => r.id === input.id));
      if (call) {
        call.recordings = call.recordings.filter((r) => r.id !== input.id);
      }
      return { call };
    },
    createPbxConnection: (_: unknown, { input }: Input) => {
      const { token, ...rest } = input;
      const connection = {
        ...connections()[2],
        ...rest,
        id: id(),
        eventsUrl: 'https://skvoz.example/pbx/new/events',
        hasToken: token !== '',
      } as CallsState['connections'][number];
      state.connections.push(connection);
      return {
        connection,
        signingSecret: input.kind === 'CTPBX' ? 'whsec_c2VjcmV0LW9mLTI0LWJ5dGVzLWxvbmc=' : null,
      };
    },
    updatePbxConnection: (_: unknown, { input }: Input) => {
      const { token, ...rest } = input;
      const connection = connectionOf(input.id);
      Object.assign(connection, rest, token === undefined ? {} : { hasToken: token !== '' });
      return { connection };
    },
    rotatePbxSecret: (_: unknown, { input }: Input) => ({
      connection: connectionOf(input.id),
      signingSecret: 'whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=',
    }),
    deletePbxConnection: (_: unknown, { input }: Input) => {
      state.connections = state.connections.filter((connection) => connection.id !== input.id);
      return { id: input.id };
    },
  };
}

/** Live data of calls. */
export function callSubscriptions(state: CallsState) {
  const asItIs = { resolve: (value: unknown) => value };
  return {
    callPopUps: { ...asItIs, subscribe: () => popUps(state) },
    activeCalls: {
      ...asItIs,
      subscribe: () => lists(state, () => state.calls.filter((call) => call.state !== 'FINISHED')),
    },
    employeeStates: { ...asItIs, subscribe: () => lists(state, () => state.employeeStates) },
  };
}

/** Rings as they are told, until the listener goes: a generator would be left only after the next one. */
function popUps(state: CallsState): AsyncIterableIterator<Args> {
  const waiting: Args[] = [...state.ringing];
  let isOver = false;
  let wake: () => void = () => undefined;
  const listener = (popUp: Args) => {
    waiting.push(popUp);
    wake();
  };
  state.popUpListeners.add(listener);
  const next = async (): Promise<IteratorResult<Args>> => {
    while (!isOver && waiting.length === 0) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const value = waiting.shift();
    return isOver || value === undefined ? { done: true, value: undefined } : { done: false, value };
  };
  return {
    next,
    return: () => {
      isOver = true;
      state.popUpListeners.delete(listener);
      wake();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* lists(state: CallsState, list: () => unknown[]) {
  for (;;) {
    yield list();
    await new Promise<void>((resolve) => {
      const listener = () => {
        state.changeListeners.delete(listener);
        resolve();
      };
      state.changeListeners.add(listener);
    });
  }
}
