import type {
  IntegrationExchangeFieldsFragment,
  IntegrationFailureFieldsFragment,
  IntegrationJobKind,
  IntegrationJobState,
  IntegrationState,
  IntegrationSyncFieldsFragment,
} from '@/graphql/generated/graphql';
import { choices, type Driver, drivers, stagesOf } from './drivers';
import { communications } from './people';

type Args = Record<string, unknown>;
type Input = { input: Args };
type Failure = IntegrationFailureFieldsFragment;
interface Value {
  values?: string[] | null;
  pairs?: { field: string; template: string }[] | null;
}

/** An attached system as the test server keeps it. */
export interface TestIntegration {
  id: string;
  kind: string;
  name: string;
  state: IntegrationState;
  values: Record<string, Value>;
  secrets: string[];
  sync: IntegrationSyncFieldsFragment;
  crm: unknown;
  createdAt: string;
}

/** A job as the test server keeps it. */
export interface TestJob {
  id: string;
  integrationId: string;
  kind: IntegrationJobKind;
  state: IntegrationJobState;
  attempt: number;
  runAt: string;
  createdAt: string;
  finishedAt: string | null;
  failure: Failure | null;
  communication: unknown;
  remote: { id: string; entity: string; url: string } | null;
  attempts: unknown[];
}

/** What the test server knows about integrations. */
export interface IntegrationsState {
  drivers: Driver[];
  integrations: TestIntegration[];
  jobs: TestJob[];
  /** How the system answers a test of the connection; null = well. */
  refusal: Failure | null;
  /** Settings whose choices the system does not give, and why. */
  refusedChoices: Map<string, string>;
  /** Settings the system has no choices for. */
  noChoices: Set<string>;
  /** Where authorization leads; the test's own page by default. */
  authorizationUrl: string;
  /** What our page handed over at the end of an authorization. */
  authorized: { name: string; value: string }[] | null;
  agrees: boolean;
}

const start = Date.parse('2026-03-14T12:00:00.000Z');
const at = (minutesBefore: number) => new Date(start - minutesBefore * 60_000).toISOString();
const never: IntegrationSyncFieldsFragment = { state: 'NEVER', at: null, failure: null, import: null };

const exchange: IntegrationExchangeFieldsFragment = {
  at: at(30),
  method: 'POST',
  address: 'https://company.crm.example/api/v4/leads/complex',
  request: '[{"name":"Заказ оформлен: Мария Кузнецова","pipeline_id":1,"status_id":11}]',
  status: 400,
  response: '{"validation-errors":[{"code":"NotSupportedChoice","path":"status_id"}]}',
  durationMs: 182,
  error: '',
};
const rejected: Failure = { kind: 'REJECTED', detail: 'NotSupportedChoice: status_id', field: 'stage' };

/** An account with systems in every state, or with none. */
export function newIntegrations(isEmpty: boolean): IntegrationsState {
  return {
    drivers,
    integrations: isEmpty ? [] : integrations(),
    jobs: isEmpty ? [] : jobs(),
    refusal: null,
    refusedChoices: new Map(),
    noChoices: new Set(),
    authorizationUrl: '',
    authorized: null,
    agrees: false,
  };
}

function integrations(): TestIntegration[] {
  const values = {
    address: { values: ['https://company.crm.example'] },
    goals: { values: ['30'] },
    funnel: { values: ['1'] },
    stage: { values: ['11'] },
  };
  return [
    {
      id: '800',
      kind: 'amocrm',
      name: 'amoCRM',
      state: 'ACTIVE',
      values,
      secrets: ['token'],
      sync: {
        state: 'OK',
        at: at(4),
        failure: null,
        import: { months: 3, done: 412, total: 1200, startedAt: at(10), finishedAt: null },
      },
      crm: { id: '600', dealCount: 64 },
      createdAt: at(9000),
    },
    {
      id: '801',
      kind: 'bitrix24',
      name: 'Битрикс24',
      state: 'BROKEN',
      values,
      secrets: ['token'],
      sync: {
        state: 'ERROR',
        at: at(90),
        failure: {
          kind: 'BAD_KEY',
          detail: 'expired_token: The access token provided has expired.',
          field: '',
        },
        import: null,
      },
      crm: null,
      createdAt: at(8000),
    },
    {
      id: '802',
      kind: 'bitrix24',
      name: 'Битрикс24, Казань',
      state: 'DRAFT',
      values: {},
      secrets: [],
      sync: never,
      crm: null,
      createdAt: at(100),
    },
  ];
}

function jobs(): TestJob[] {
  const [request, , goal] = communications();
  const job: TestJob = {
    id: '900',
    integrationId: '800',
    kind: 'DELIVER',
    state: 'PARKED',
    attempt: 2,
    runAt: at(30),
    createdAt: at(40),
    finishedAt: at(30),
    failure: rejected,
    communication: goal,
    remote: null,
    attempts: [
      {
        number: 1,
        startedAt: at(40),
        durationMs: 10_000,
        failure: { kind: 'TIMEOUT', detail: '', field: '' },
        exchanges: [{ ...exchange, status: 0, response: '', error: 'context deadline exceeded' }],
      },
      { number: 2, startedAt: at(30), durationMs: 190, failure: rejected, exchanges: [exchange] },
    ],
  };
  const made = { id: '5511', entity: 'deal', url: 'https://company.crm.example/leads/detail/5511' };
  const well = { failure: null, attempts: [], remote: null, communication: null };
  return [
    job,
    {
      ...job,
      id: '901',
      state: 'DONE',
      attempt: 1,
      createdAt: at(60),
      communication: request,
      failure: null,
      remote: made,
      attempts: [{ number: 1, startedAt: at(60), durationMs: 400, failure: null, exchanges: [] }],
    },
    { ...job, ...well, id: '902', kind: 'CATCH_UP', state: 'DONE', createdAt: at(65) },
    { ...job, ...well, id: '903', kind: 'HOOK', state: 'CANCELLED', createdAt: at(66) },
    {
      ...job,
      id: '904',
      state: 'WAITING',
      attempt: 3,
      runAt: at(-20),
      createdAt: at(70),
      finishedAt: null,
      failure: { kind: 'RATE_LIMITED', detail: '', field: '' },
      communication: { ...goal, name: '', phone: '79261234567', visitorId: null },
      attempts: [],
    },
    ...Array.from({ length: 60 }, (_, index) => ({
      ...job,
      ...well,
      id: String(910 + index),
      kind: 'PULL' as const,
      state: 'DONE' as const,
      createdAt: at(100 + index),
    })),
  ];
}

/** Answers of the queries about integrations. */
export function integrationQueries(
  state: IntegrationsState,
  page: (rows: unknown[], args: Args) => object,
  fail: (code: string, extensions: Args, message?: string) => Error,
) {
  const get = (id: unknown) => found(state, id, fail);
  return {
    integrationDrivers: () => state.drivers,
    integrations: () => state.integrations.map((integration) => shown(state, integration)),
    integration: (_: unknown, { id }: Args) => shown(state, get(id)),
    integrationOptions: (_: unknown, { id, key, settings }: Args) => {
      const reason = state.refusedChoices.get(String(key));
      if (reason) {
        throw fail('CONFLICT', { reason }, `the system refused or failed: ${reason}: scope crm is missing`);
      }
      if (state.noChoices.has(String(key))) {
        return [];
      }
      const values = { ...get(id).values, ...given(settings) };
      return key === 'stage' ? (stagesOf[values.funnel?.values?.[0] ?? ''] ?? []) : choices[String(key)];
    },
    integrationProblems: (_: unknown, { id, section, settings }: Args) =>
      problems(state, get(id), section, given(settings)),
    integrationPreview: (_: unknown, { id, communicationId, settings }: Args) => {
      const values = { ...withDefaults(state, get(id)), ...given(settings) };
      const communication = communications().find((candidate) => candidate.id === communicationId);
      const name = communication?.name ?? 'Анна';
      return {
        communication: communication ?? null,
        dealName: (values.deal_name?.values?.[0] ?? '')
          .replace('{{goal}}', 'Заказ')
          .replace('{{contact}}', name),
        fields: (values.mapping?.pairs ?? []).map((pair) => ({ field: pair.field, template: 'yandex' })),
        note: `Заказ\nhttps://romashka.example/bukety/rozy`,
        requests: [exchange, { ...exchange, request: 'NAME=%D0%97&PHONE=79262444393' }],
      };
    },
    integrationJobs: (_: unknown, args: Args) => {
      const filter = (args.filter ?? {}) as { kinds?: string[]; states?: string[]; communicationId?: string };
      const rows = state.jobs.filter(
        (job) =>
          job.integrationId === args.id &&
          (filter.kinds == null || filter.kinds.includes(job.kind)) &&
          (filter.states == null || filter.states.includes(job.state)),
      );
      return page(rows, args);
    },
    integrationJob: (_: unknown, { id }: Args) => {
      const job = state.jobs.find((candidate) => candidate.id === id);
      if (!job) {
        throw fail('NOT_FOUND', { reason: 'not_found' });
      }
      return job;
    },
    integrationReconciliation: () => ({
      rows: [
        { funnel: 'Продажи', stage: 'Новая', here: 12, there: 12 },
        { funnel: 'Продажи', stage: 'Успешно', here: 1205, there: state.agrees ? 1205 : 1207 },
        { funnel: 'Опт', stage: 'Заявка', here: 4, there: state.agrees ? 4 : 3 },
      ],
      here: 1221,
      there: state.agrees ? 1221 : 1222,
    }),
    templateVariables: () => [
      { name: 'goal', title: { ru: 'Цель', en: 'Goal' }, example: 'Заказ обратного звонка' },
      {
        name: 'contact',
        title: { ru: 'Имя, телефон или e-mail', en: 'Name, phone or e-mail' },
        example: 'Анна',
      },
      { name: 'utm_term', title: { ru: 'utm_term', en: 'utm_term' }, example: 'кухни на заказ' },
    ],
  };
}

/** Answers of the mutations about integrations. */
export function integrationMutations(
  state: IntegrationsState,
  newId: () => string,
  fail: (code: string, extensions: Args, message?: string) => Error,
) {
  const get = (id: unknown) => found(state, id, fail);
  const payload = (integration: TestIntegration) => ({ integration: shown(state, integration) });
  const tested = (integration: TestIntegration) => ({
    ...payload(integration),
    failure: state.refusal,
    account: state.refusal
      ? null
      : {
          id: '31337',
          name: 'ООО «Ромашка»',
          url: 'https://company.crm.example',
          user: 'Анна Смирнова',
          missing: [
            {
              capability: 'WEBHOOKS',
              reason: { ru: 'нужны права администратора', en: 'an administrator’s rights are needed' },
            },
          ],
        },
  });
  const chosen = ({ integrationId, ids }: Args) =>
    state.jobs.filter(
      (job) =>
        job.integrationId === integrationId &&
        (ids == null ? job.state === 'PARKED' : (ids as string[]).includes(job.id)),
    );
  return {
    createIntegration: (_: unknown, { input }: Input) => {
      const driver = state.drivers.find(({ kind }) => kind === input.kind);
      const integration: TestIntegration = {
        id: newId(),
        kind: String(input.kind),
        name: driver?.title.ru ?? '',
        state: 'DRAFT',
        values: {},
        secrets: [],
        sync: never,
        crm: null,
        createdAt: at(0),
      };
      state.integrations.push(integration);
      return payload(integration);
    },
    updateIntegration: (_: unknown, { input }: Input) => {
      const integration = get(input.id);
      const fields = fieldsOf(state, integration);
      if (input.name != null) {
        integration.name = String(input.name);
      }
      for (const [key, value] of Object.entries(given(input.settings))) {
        if (fields.find((field) => field.key === key)?.type === 'SECRET') {
          integration.secrets = [...new Set([...integration.secrets, key])];
        } else {
          integration.values[key] = value;
        }
      }
      return payload(integration);
    },
    testIntegration: (_: unknown, { input }: Input) => tested(get(input.id)),
    startIntegrationAuthorization: (_: unknown, { input }: Input) => {
      get(input.id);
      return { url: state.authorizationUrl };
    },
    finishIntegrationAuthorization: (_: unknown, { input }: Input) => {
      state.authorized = (input.query as { name: string; value: string }[]).map((pair) => ({ ...pair }));
      const id = state.authorized.find(({ name }) => name === 'state')?.value;
      if (!state.integrations.some((integration) => integration.id === id)) {
        throw fail('BAD_USER_INPUT', { reason: 'bad_state', field: 'query' });
      }
      return tested(get(id));
    },
    activateIntegration: (_: unknown, { input }: Input) => {
      const integration = get(input.id);
      if (state.refusal) {
        const reason = state.refusal.kind.toLowerCase();
        const message = `the system refused or failed: ${reason}: ${state.refusal.detail}`;
        throw fail('CONFLICT', { reason }, message);
      }
      integration.state = 'ACTIVE';
      integration.sync = {
        ...integration.sync,
        failure: null,
        import: { months: 3, done: 10, total: 40, startedAt: at(0), finishedAt: null },
      };
      return payload(integration);
    },
    pauseIntegration: (_: unknown, { input }: Input) => {
      const integration = get(input.id);
      integration.state = 'PAUSED';
      return payload(integration);
    },
    disconnectIntegration: (_: unknown, { input }: Input) => {
      state.integrations = state.integrations.filter(({ id }) => id !== input.id);
      return { id: input.id };
    },
    syncIntegration: (_: unknown, { input }: Input) => {
      const integration = get(input.id);
      integration.sync = { ...integration.sync, state: 'RUNNING' };
      return payload(integration);
    },
    importIntegrationDeals: (_: unknown, { input }: Input) => {
      const integration = get(input.id);
      const months = Number(input.months);
      integration.sync = {
        ...integration.sync,
        import: { months, done: 0, total: 0, startedAt: at(0), finishedAt: null },
      };
      return payload(integration);
    },
    retryIntegrationJobs: (_: unknown, { input }: Input) => {
      const jobs = chosen(input);
      jobs.forEach((job) => Object.assign(job, { state: 'WAITING', finishedAt: null }));
      return { count: jobs.length, ...payload(get(input.integrationId)) };
    },
    cancelIntegrationJobs: (_: unknown, { input }: Input) => {
      const jobs = chosen(input);
      jobs.forEach((job) => Object.assign(job, { state: 'CANCELLED' }));
      return { count: jobs.length, ...payload(get(input.integrationId)) };
    },
  };
}

function found(
  state: IntegrationsState,
  id: unknown,
  fail: (code: string, extensions: Args) => Error,
): TestIntegration {
  const integration = state.integrations.find((candidate) => candidate.id === id);
  if (!integration) {
    throw fail('NOT_FOUND', { reason: 'not_found' });
  }
  return integration;
}

function driverOf(state: IntegrationsState, { kind }: TestIntegration): Driver {
  const driver = state.drivers.find((candidate) => candidate.kind === kind);
  if (!driver) {
    throw new Error(`no driver ${kind}`);
  }
  return driver;
}

const fieldsOf = (state: IntegrationsState, integration: TestIntegration) =>
  driverOf(state, integration).sections.flatMap(({ fields }) => fields);

function given(settings: unknown): Record<string, Value> {
  const list = (settings ?? []) as ({ key: string } & Value)[];
  return Object.fromEntries(list.map(({ key, values, pairs }) => [key, { values, pairs }]));
}

function withDefaults(state: IntegrationsState, integration: TestIntegration): Record<string, Value> {
  return Object.fromEntries(
    fieldsOf(state, integration).map((field) => [
      field.key,
      integration.values[field.key] ?? { values: field.default, pairs: field.defaultPairs },
    ]),
  );
}

function problems(
  state: IntegrationsState,
  integration: TestIntegration,
  section: unknown,
  edits: Record<string, Value>,
) {
  const values = { ...withDefaults(state, integration), ...edits };
  const textOf = (key: string) => values[key]?.values?.[0] ?? '';
  return driverOf(state, integration)
    .sections.filter(({ id }) => section == null || id === section)
    .flatMap(({ fields }) => fields)
    .filter(({ shownWhen }) => shownWhen === null || shownWhen.in.includes(textOf(shownWhen.key)))
    .flatMap((field) => {
      const { key, type, title, required } = field;
      if (type === 'MAPPING' && values[key]?.pairs?.some((pair) => pair.field === '')) {
        return [{ key, text: { ru: 'Выберите поле в каждой строке', en: 'Choose a field in every line' } }];
      }
      if (type === 'URL' && textOf(key) !== '' && !textOf(key).startsWith('https://')) {
        return [
          { key, text: { ru: 'Нужен адрес вида https://company.crm.example', en: 'An address is needed' } },
        ];
      }
      const isSet =
        type === 'SECRET' ? integration.secrets.includes(key) || textOf(key) !== '' : textOf(key) !== '';
      if (!required || isSet || type === 'NOTE' || type === 'AUTHORIZE') {
        return [];
      }
      const isChoice = type === 'SELECT' || type === 'MULTI';
      return [
        {
          key,
          text: isChoice
            ? { ru: `Выберите: ${title.ru}`, en: `Choose: ${title.en}` }
            : { ru: `Заполните: ${title.ru}`, en: `Fill in: ${title.en}` },
        },
      ];
    });
}

function shown(state: IntegrationsState, integration: TestIntegration) {
  const values = withDefaults(state, integration);
  const count = (wanted: IntegrationJobState) =>
    state.jobs.filter((job) => job.integrationId === integration.id && job.state === wanted).length;
  return {
    ...integration,
    driver: driverOf(state, integration),
    settings: fieldsOf(state, integration).map(({ key, type }) => ({
      key,
      values: type === 'SECRET' ? [] : (values[key]?.values ?? []),
      pairs: values[key]?.pairs ?? [],
      isSecretSet: integration.secrets.includes(key),
    })),
    hookUrl: `https://skvoz.example/hooks/${integration.kind}/0123456789ABCDEF`,
    redirectUrl: 'https://skvoz.example/integrations/authorized',
    counts: {
      waiting: count('WAITING'),
      running: count('RUNNING'),
      done: count('DONE'),
      parked: count('PARKED'),
      cancelled: count('CANCELLED'),
    },
  };
}
