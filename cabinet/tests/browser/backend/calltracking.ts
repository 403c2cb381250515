import { ago } from './state';

type Args = Record<string, unknown>;
type Input = { input: Args };
type Refuse = (code: string, extensions: Args) => Error;
type Thing = Args & { id: string };

/** What the test server knows about numbers and calltracking. */
export interface CalltrackingState {
  numbers: Thing[];
  pools: (Thing & { siteId: string; position: number })[];
  blocks: (Thing & { siteId: string; position: number })[];
  settings: Args;
}

const number = {
  name: '',
  connectionId: null,
  siteId: null,
  usage: 'RESERVE',
  campaignId: null,
  poolId: null,
  blockId: null,
  isOverflow: false,
  isDefault: false,
  state: 'ACTIVE',
  quarantineUntil: null,
  scenarioId: null,
  integrationId: null,
  records: true,
  lastLeasedAt: null,
  createdAt: ago(90_000),
};
const segment = {
  campaignIds: [],
  channels: [],
  sources: [],
  utm: [],
  countries: [],
  regions: [],
  cities: [],
  url: null,
  urlMatch: null,
};
const pool = {
  siteId: '10',
  blockId: null,
  isEnabled: true,
  holdSeconds: 180,
  stickyDays: 30,
  lateHours: 24,
  overflow: 'DEDICATED',
  segment,
  numberCount: 0,
  overflowNumberCount: 0,
  createdAt: ago(80_000),
};

/** Numbers of every kind, two pools and two blocks, or nothing. */
export function newCalltracking(isEmpty: boolean): CalltrackingState {
  const settings = {
    holdSeconds: 180,
    stickyDays: 30,
    lateHours: 24,
    newQuarantineDays: 7,
    leftQuarantineDays: 30,
    horizonDays: 400,
    repeatDays: 30,
    telClickSeconds: 120,
    weightSeconds: 60,
    shownFactor: 3,
    threshold: 0.8,
    unshownProbability: 0.99,
    repeatProbability: 0.95,
    telClickProbability: 0.98,
    knownPhoneProbability: 0.98,
    lateProbability: 0.95,
    lateFall: 0.45,
    lateLeast: 0.5,
  };
  if (isEmpty) {
    return { numbers: [], pools: [], blocks: [], settings };
  }
  return {
    settings,
    numbers: [
      {
        ...number,
        id: '950',
        number: '74951234567',
        name: 'Яндекс Директ',
        usage: 'STATIC',
        siteId: '10',
        campaignId: '40',
        scenarioId: '980',
        connectionId: '960',
        isDefault: true,
      },
      {
        ...number,
        id: '951',
        number: '74951234568',
        usage: 'POOL',
        siteId: '10',
        poolId: '990',
        lastLeasedAt: ago(3),
      },
      {
        ...number,
        id: '952',
        number: '74951234569',
        usage: 'POOL',
        siteId: '10',
        poolId: '990',
        isOverflow: true,
      },
      { ...number, id: '953', number: '78005553535', state: 'QUARANTINE', quarantineUntil: ago(-20_000) },
      {
        ...number,
        id: '954',
        number: '74997654321',
        state: 'DISABLED',
        records: false,
        name: 'Старый номер',
      },
    ],
    pools: [
      {
        ...pool,
        id: '990',
        name: 'Реклама',
        position: 1,
        numberCount: 2,
        overflowNumberCount: 1,
        segment: {
          ...segment,
          channels: ['PAID'],
          utm: [{ tag: 'SOURCE', values: ['yandex'] }],
          cities: ['Москва'],
        },
      },
      { ...pool, id: '991', name: 'Все остальные', position: 2, overflow: 'ORIGINAL', isEnabled: false },
    ],
    blocks: [
      {
        id: '995',
        siteId: '10',
        name: 'Шапка',
        position: 1,
        by: 'CLASS',
        value: 'phone',
        template: 'TEXT',
        mask: '8 (###) ###-##-##',
        wording: '{city}: {phone}',
      },
      {
        id: '996',
        siteId: '10',
        name: 'Подвал',
        position: 2,
        by: 'NUMBER',
        value: '74950000000',
        template: 'TEXT',
        mask: '',
        wording: '',
      },
    ],
  };
}

const shown = (number: Args) => ({ ...number, text: `+${String(number.number)}` });
const inOrder = (things: { position: number }[]) => [...things].sort((a, b) => a.position - b.position);

/** Answers about numbers, pools and blocks. */
export function calltrackingQueries(
  state: CalltrackingState,
  pageOf: (rows: unknown[], args: Args) => unknown,
) {
  const ofSite = (things: { siteId: string; position: number }[], { siteId }: Args) =>
    inOrder(things.filter((thing) => siteId == null || thing.siteId === siteId));
  return {
    virtualNumbers: (_: unknown, args: Args) => {
      const { search, ...equal } = (args.filter ?? {}) as Args;
      const rows = state.numbers.filter(
        (number) =>
          (search == null ||
            `${String(number.number)} ${String(number.name)}`.includes(
              String(search).replace(/[\s()+-]/g, ''),
            )) &&
          Object.entries(equal).every(([name, value]) => value == null || number[name] === value),
      );
      return pageOf(rows.map(shown), args);
    },
    virtualNumber: (_: unknown, { id }: Args) =>
      state.numbers.filter((n) => n.id === id).map(shown)[0] ?? null,
    numberPools: (_: unknown, args: Args) => ofSite(state.pools, args),
    siteBlocks: (_: unknown, args: Args) => ofSite(state.blocks, args),
    calltrackingSettings: () => state.settings,
    sizeNumberPool: (_: unknown, { sessionsPerHour }: Args) => ({
      numbers: Math.ceil(Number(sessionsPerHour) / 4),
      load: 7.25,
      exhaustion: 0.0081,
    }),
    poolFigures: (_: unknown, { poolId }: Args) =>
      poolId === '990'
        ? {
            numbers: 1,
            overflowNumbers: 1,
            held: 1,
            visits: 1,
            utilisation: 1,
            days: [
              { date: '2026-03-12', leases: 40, overflowed: 3, refused: 0, peak: 2 },
              { date: '2026-03-13', leases: 55, overflowed: 9, refused: 1, peak: 3 },
              { date: '2026-03-14', leases: 21, overflowed: 0, refused: 0, peak: 1 },
            ],
            calls: 16,
            ambiguousCalls: 2,
            ambiguousShare: 0.125,
            recommendedNumbers: 5,
          }
        : {
            numbers: 0,
            overflowNumbers: 0,
            held: 0,
            visits: 0,
            utilisation: 0,
            days: [],
            calls: 0,
            ambiguousCalls: 0,
            ambiguousShare: null,
            recommendedNumbers: null,
          },
  };
}

/** Changes of numbers, pools and blocks. */
export function calltrackingMutations(state: CalltrackingState, id: () => string, refuse: Refuse) {
  const none = (input: Args) =>
    Object.fromEntries(Object.entries(input).map(([name, value]) => [name, value === '0' ? null : value]));
  const one = <Kind extends Thing>(things: Kind[], wanted: unknown): Kind => {
    const thing = things.find((candidate) => candidate.id === wanted);
    if (!thing) {
      throw refuse('NOT_FOUND', { reason: 'not_found' });
    }
    return thing;
  };
  const order = (things: { id: string; position: number }[], { input }: Input) => {
    (input.ids as string[]).forEach((wanted, index) => {
      const thing = things.find((candidate) => candidate.id === wanted);
      if (thing) thing.position = index + 1;
    });
    return inOrder(things);
  };
  const drop = (things: Thing[], { input }: Input) => {
    things.splice(things.indexOf(one(things, input.id)), 1);
    return { id: input.id };
  };
  return {
    createVirtualNumbers: (_: unknown, { input }: Input) => {
      const { numbers, quarantine, ...common } = input;
      const added = String(numbers)
        .split(/[\n,;]/)
        .map((text) => text.replace(/\D/g, ''))
        .filter(Boolean)
        .map((digits) => ({
          ...number,
          ...common,
          id: id(),
          number: digits,
          state: quarantine ? 'QUARANTINE' : 'ACTIVE',
        }));
      if (added.some(({ number: digits }) => digits.length < 10)) {
        throw refuse('BAD_USER_INPUT', { reason: 'bad_phone', field: 'numbers' });
      }
      state.numbers.push(...added);
      return { numbers: added.map(shown) };
    },
    updateVirtualNumbers: (_: unknown, { input: { ids, ...changes } }: Input) => ({
      numbers: (ids as string[]).map((wanted) =>
        shown(Object.assign(one(state.numbers, wanted), none(changes))),
      ),
    }),
    deleteVirtualNumbers: (_: unknown, { input }: Input) => {
      const ids = input.ids as string[];
      state.numbers = state.numbers.filter((number) => !ids.includes(number.id));
      return { ids };
    },
    createNumberPool: (_: unknown, { input }: Input) => {
      const made = {
        ...pool,
        ...(input as { siteId: string }),
        segment: { ...segment, ...(input.segment as Args) },
        id: id(),
        position: 99,
      };
      state.pools.push(made);
      return { pool: made };
    },
    updateNumberPool: (_: unknown, { input }: Input) => ({
      pool: Object.assign(one(state.pools, input.id), none(input), {
        segment: { ...segment, ...(input.segment as Args) },
      }),
    }),
    deleteNumberPool: (_: unknown, args: Input) => drop(state.pools, args),
    orderNumberPools: (_: unknown, args: Input) => ({ pools: order(state.pools, args) }),
    createSiteBlock: (_: unknown, { input }: Input) => {
      const block = { ...(input as { siteId: string }), id: id(), position: 99 };
      state.blocks.push(block);
      return { block };
    },
    updateSiteBlock: (_: unknown, { input }: Input) => ({
      block: Object.assign(one(state.blocks, input.id), input),
    }),
    deleteSiteBlock: (_: unknown, args: Input) => drop(state.blocks, args),
    orderSiteBlocks: (_: unknown, args: Input) => ({ blocks: order(state.blocks, args) }),
    updateCalltrackingSettings: (_: unknown, { input }: Input) => ({
      settings: Object.assign(state.settings, input),
    }),
  };
}
