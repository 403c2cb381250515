import {
  customWeights,
  type Definition,
  examplePath,
  isKnownModel,
  weightsOf,
} from '@/features/models/weights';
import { source } from './people';

type Args = Record<string, unknown>;
type Input = { input: Args };
type Deal = ReturnType<typeof deals>[number];

/** What the test server knows about CRMs, deals, models and the Data API. */
export interface CrmState {
  crm: Record<string, unknown> & {
    dealsLoad: { state: string; at: string | null; error: string };
    funnels: Record<string, unknown>[];
    dealCount: number;
    dealsInProcessing: number;
  };
  deals: Deal[];
  networks: { network: string; comment: string; createdAt: string }[];
  calls: Record<string, unknown>[];
  models: { id: string; name: string; definition: Definition }[];
  settings: { lookbackDays: number; windowDays: number };
  costs: Record<string, unknown>[];
}

const start = Date.parse('2026-03-14T12:00:00.000Z');
const day = (before: number) => new Date(start - before * 86_400_000).toISOString();
const rub = (amount: string) => ({ amount, currency: 'RUB' });

const stage = (id: string, name: string, status: string, position: number) => ({
  id,
  externalId: `ext-${id}`,
  name,
  status,
  position,
});

const sales = {
  id: '610',
  crmId: '600',
  externalId: 'sales',
  name: 'Продажи',
  inReports: true,
  stages: [
    stage('611', 'Новая заявка', 'IN_PROCESS', 10),
    stage('612', 'Предложение', 'IN_PROCESS', 20),
    stage('613', 'Успешно', 'SUCCESS', 10010),
    stage('614', 'Отказ', 'FAILED', 10020),
  ],
};
const repeat = {
  id: '620',
  crmId: '600',
  externalId: 'repeat',
  name: 'Повторные продажи',
  inReports: false,
  stages: [
    stage('621', 'Напомнить', 'IN_PROCESS', 10),
    stage('622', 'Успешно', 'SUCCESS', 10010),
    stage('623', 'Отказ', 'FAILED', 10020),
  ],
};

/** CRM, deals and the Data API of an account that uses them, or of one that does not yet. */
export function newCrm(isEmpty: boolean): CrmState {
  return {
    crm: {
      id: '600',
      kind: 'CUSTOM',
      name: 'Другая CRM',
      description: '',
      url: '',
      conversionModel: 'LAST_BEFORE_DEAL',
      ignoreOutgoingCalls: false,
      ignoreOutgoingChats: false,
      goals: [],
      terms: 'DEALS',
      dealsLoad: isEmpty
        ? { state: 'NOT_LOADED', at: null, error: '' }
        : { state: 'COMPLETED', at: day(0), error: '' },
      leadsLoad: { state: 'NOT_LOADED', at: null, error: '' },
      funnels: isEmpty ? [] : [{ ...sales }, { ...repeat }],
      dealCount: isEmpty ? 0 : 64,
      dealsInProcessing: 0,
    },
    deals: isEmpty ? [] : deals(),
    networks: isEmpty
      ? []
      : [
          { network: '203.0.113.7/32', comment: 'Сервер 1С', createdAt: day(30) },
          { network: '2001:db8::/32', comment: '', createdAt: day(10) },
        ],
    calls: isEmpty ? [] : calls(),
    models: isEmpty
      ? []
      : [
          {
            id: 'custom:1',
            name: 'Наша модель',
            definition: {
              kind: 'POSITION',
              first: 0.5,
              middle: 0.2,
              last: 0.3,
              halfLifeDays: 0,
              excludeDirect: true,
            },
          },
        ],
    settings: { lookbackDays: 90, windowDays: 180 },
    costs: [],
  };
}

function deals() {
  const contact = {
    id: '630',
    externalId: '77',
    name: 'Мария Кузнецова',
    createdAt: day(60),
    phones: ['79261234567'],
    emails: ['client0@mail.example'],
  };
  const [, , won, lost] = sales.stages;
  const shared = {
    crmId: '600',
    source: '',
    comments: '',
    url: 'https://crm.romashka.example/deals/1001',
    funnel: sales,
    employee: { id: '640', externalId: 'e1', name: 'Ольга Белова' },
  };
  const first = {
    ...shared,
    id: '700',
    externalId: '1001',
    name: 'Свадебное оформление',
    createdAt: day(1),
    closedAt: day(0) as string | null,
    stageAt: day(0),
    status: 'SUCCESS',
    stage: won,
    lastOpenStage: sales.stages[1] as (typeof sales.stages)[number] | null,
    revenue: rub('10000.00'),
    comments: 'Нужна доставка к 9 утра',
    match: 'PHONE',
    contact: contact as typeof contact | null,
    contacts: [contact],
    history: [
      { stage: sales.stages[0], at: day(1), isGenerated: false, revenue: rub('8000.00') },
      { stage: sales.stages[1], at: day(0.2), isGenerated: true, revenue: rub('10000.00') },
      { stage: won, at: day(0), isGenerated: false, revenue: rub('10000.00') },
    ],
    links: [link('62', 'GOAL', 14, 'EMAIL', false), link('60', 'OFFLINE_REQUEST', 2, 'PHONE', true)],
    path: path(),
  };
  const rest = Array.from({ length: 63 }, (_, i) => ({
    ...first,
    id: String(701 + i),
    externalId: String(1002 + i),
    name: i % 7 === 0 ? '' : `Букет № ${i + 1}`,
    createdAt: day(2 + i),
    closedAt: i % 3 === 0 ? day(i) : null,
    status: i % 3 === 0 ? 'FAILED' : 'IN_PROCESS',
    stage: i % 3 === 0 ? lost : sales.stages[i % 2],
    lastOpenStage: i % 3 === 0 ? (sales.stages[1] ?? null) : null,
    revenue: rub(`${(i * 1370) % 90_000}.00`),
    ...(i === 0 && { contact: null, contacts: [], links: [], path: [], match: 'NONE' }),
    ...(i === 1 && { match: 'AMBIGUOUS' }),
  }));
  return [first, ...rest];
}

function link(id: string, kind: string, before: number, matchedBy: string, isDeciding: boolean) {
  return {
    communicationId: id,
    kind,
    at: day(before),
    matchedBy,
    matchedValue: matchedBy === 'PHONE' ? '79261234567' : 'client0@mail.example',
    isDeciding,
  };
}

/** The example of the documentation: advertising, search, advertising with a request, a direct visit. */
function path() {
  const sources = [
    source({ channel: 'PAID', source: 'yandex', medium: 'cpc', term: 'букет невесты', isPaid: true }),
    source({ channel: 'ORGANIC', source: 'google.com', searchEngine: 'google.com' }),
    source({ channel: 'PAID', source: 'vk', medium: 'cpc', isPaid: true }),
    source({}),
  ];
  const visits = examplePath.map(({ age }, i) => ({
    at: day(age + 1),
    sessionId: `80${i}` as string | null,
    communicationId: null as string | null,
    communicationKind: null as string | null,
    visitorId: '7000000000000000',
    source: sources[i] as object | null,
    campaign: i === 0 ? { id: '40', name: 'Яндекс Директ: весна' } : null,
    matchedBy: i === 2 ? 'PHONE' : 'VISITOR',
    matchedValue: i === 2 ? '79261234567' : '',
  }));
  visits.push({
    at: day(2),
    sessionId: null,
    communicationId: '60',
    communicationKind: 'OFFLINE_REQUEST',
    visitorId: '7000000000000000',
    source: null,
    campaign: null,
    matchedBy: 'PHONE',
    matchedValue: '79261234567',
  });
  return visits.sort((a, b) => a.at.localeCompare(b.at));
}

function calls() {
  const call = {
    tokenName: '1С',
    ip: '203.0.113.7',
    points: 1,
    errorCode: 0,
    mnemonic: '',
    errorText: '',
  };
  const refused = [
    {
      mnemonic: 'ip_not_whitelisted',
      errorCode: -32003,
      errorText: 'Your IP 198.51.100.9 is not whitelisted',
    },
    {
      mnemonic: 'entity_not_found',
      errorCode: -32602,
      errorText: 'Entity not found [deals.3.stage_ext_id]: load the stage before the deal',
    },
    { mnemonic: 'something_new', errorCode: -32602, errorText: 'Words of the server' },
  ];
  return Array.from({ length: 57 }, (_, i) => ({
    ...call,
    at: day(i / 10),
    method: i % 5 === 0 ? 'get.account' : 'upload.deals_history',
    durationMs: 12 + ((i * 37) % 1200),
    ...(i > 0 && i < 4 ? { ...refused[i - 1], ip: i === 1 ? '198.51.100.9' : '203.0.113.7', points: 0 } : {}),
  }));
}

/** Answers of the queries about CRMs, deals, models and the Data API. */
export function crmQueries(
  state: CrmState,
  page: (rows: unknown[], args: Args) => object,
  missing: () => Error,
) {
  const dealOf = (id: unknown) => {
    const deal = state.deals.find((candidate) => candidate.id === id);
    if (!deal) {
      throw missing();
    }
    return { ...deal, attribution: (args: Args) => attributionOf(state, deal, args) };
  };
  return {
    crms: () => [state.crm],
    crm: () => state.crm,
    deals: (_: unknown, args: Args) => page(found(state.deals, args), args),
    deal: (_: unknown, { id }: Args) => dealOf(id),
    allowedNetworks: () => state.networks,
    dataApiCalls: (_: unknown, args: Args) => page(state.calls, args),
    attributionModels: () => [
      ...['last_click', 'last_nondirect_click', 'first_click', 'linear', 'w_shaped', 'time_decay']
        .concat('position_based_402040', 'markov', 'shapley')
        .map((id) => ({ id, family: 'single', name: '', definition: null })),
      ...state.models.map((model) => ({ ...model, family: 'custom' })),
    ],
    reportSettings: () => state.settings,
  };
}

function found(all: Deal[], args: Args): Deal[] {
  const filter = (args.filter ?? {}) as Record<string, never> & {
    statuses?: string[];
    stageIds?: string[];
    search?: string;
    hasSource?: boolean;
    employeeId?: string;
    contactId?: string;
  };
  const rows = all.filter(
    (deal) =>
      (filter.statuses == null || filter.statuses.includes(deal.status)) &&
      (filter.stageIds == null || filter.stageIds.includes(deal.stage?.id ?? '')) &&
      (filter.search == null || `${deal.name} ${deal.externalId}`.includes(filter.search)) &&
      (filter.employeeId == null || deal.employee.id === filter.employeeId) &&
      (filter.contactId == null || deal.contact?.id === filter.contactId) &&
      (filter.hasSource == null || deal.path.length > 0 === filter.hasSource),
  );
  return args.sort === 'REVENUE'
    ? rows.sort(
        (a, b) => (Number(a.revenue.amount) - Number(b.revenue.amount)) * (args.direction === 'ASC' ? 1 : -1),
      )
    : rows;
}

function attributionOf(state: CrmState, deal: Deal, { model, conversionModel, lookbackDays }: Args) {
  const conversion = conversionModel ?? state.crm.conversionModel;
  // What brought the contact is the request two days before; what brought the deal is the direct visit after it.
  const moment = conversion === 'LAST_BEFORE_DEAL' ? deal.createdAt : day(2);
  const from = Date.parse(moment) - Number(lookbackDays ?? state.settings.lookbackDays) * 86_400_000;
  const visits = deal.path
    .map((step, index) => ({ step, touch: examplePath[index] }))
    .filter(({ step }) => step.communicationId === null)
    .map(({ step }, index) => ({ step, touch: examplePath[index] ?? { age: 0 } }))
    .filter(({ step }) => Date.parse(step.at) >= from && step.at <= moment);
  const path = visits.map(({ touch }) => touch);
  const own = state.models.find(({ id }) => id === model);
  const id = String(model);
  const weights =
    path.length === 0
      ? []
      : own
        ? customWeights(own.definition, path)
        : weightsOf(isKnownModel(id) && id !== 'markov' && id !== 'shapley' ? id : 'linear', path);
  return {
    model,
    conversionModel: conversion,
    decidingCommunicationId: deal.links.find(({ isDeciding }) => isDeciding)?.communicationId ?? null,
    moment,
    touches: visits.map(({ step }, i) => ({
      ...step,
      weight: weights[i],
      keyword: (step.source as { term?: string } | null)?.term ?? '',
      revenue: rub((Number(deal.revenue.amount) * (weights[i] ?? 0)).toFixed(2)),
    })),
  };
}

/** Answers of the mutations about CRMs, models, costs and the Data API. */
export function crmMutations(state: CrmState, newId: () => string, fail: (extensions: Args) => Error) {
  return {
    updateCrm: (_: unknown, { input }: Input) => {
      const { goalIds, ...rest } = input;
      Object.assign(state.crm, rest);
      state.crm.goals = ((goalIds ?? []) as string[]).map((id) => ({ id, name: `Цель ${id}` }));
      return { crm: state.crm };
    },
    setReportFunnels: (_: unknown, { input }: Input) => {
      state.crm.funnels.forEach((funnel) => {
        funnel.inReports = (input.funnelIds as unknown[]).includes(funnel.id);
      });
      return { crm: state.crm };
    },
    allowNetwork: (_: unknown, { input }: Input) => {
      if (String(input.network).endsWith('/31')) {
        throw fail({ reason: 'bad_address', field: 'network' });
      }
      state.networks.push({
        network: String(input.network),
        comment: String(input.comment ?? ''),
        createdAt: day(0),
      });
      return { networks: state.networks };
    },
    removeNetwork: (_: unknown, { input }: Input) => {
      state.networks = state.networks.filter(({ network }) => network !== input.network);
      return { networks: state.networks };
    },
    saveAttributionModel: (_: unknown, { input }: Input) => {
      const { id, name, ...definition } = input;
      const known = state.models.find((model) => model.id === `custom:${String(id)}`);
      const saved = {
        id: known?.id ?? `custom:${newId()}`,
        name: String(name),
        definition: { first: 0, middle: 0, last: 0, halfLifeDays: 0, ...definition } as Definition,
      };
      if (known) {
        Object.assign(known, saved);
      } else {
        state.models.push(saved);
      }
      return { model: { ...saved, family: 'custom' } };
    },
    deleteAttributionModel: (_: unknown, { input }: Input) => {
      state.models = state.models.filter(({ id }) => id !== `custom:${String(input.id)}`);
      return { id: input.id };
    },
    updateReportSettings: (_: unknown, { input }: Input) => ({
      settings: Object.assign(state.settings, input),
    }),
    uploadCampaignCosts: (_: unknown, { input }: Input) => uploaded(state, input),
  };
}

/** A file whose text says `wrong` has problems; any other holds two costs. */
function uploaded(state: CrmState, { content, dryRun }: Args) {
  const text = Buffer.from(String(content), 'base64').toString('utf8');
  if (text.includes('wrong')) {
    return {
      saved: false,
      costs: [],
      problems: [
        { line: 2, column: 'Расход', message: 'not an amount of money', reason: 'bad_amount' },
        { line: 3, column: '', message: 'overlaps', reason: 'period_overlaps' },
      ],
    };
  }
  const cost = {
    campaign: { id: '40', name: 'Яндекс Директ: весна' },
    from: '2026-03-01',
    to: '2026-03-31',
    clicks: 340,
    impressions: 15_200,
  };
  const costs = [
    { ...cost, line: 2, amount: rub('12500.50'), replaces: true },
    {
      ...cost,
      line: 3,
      from: '2026-04-01',
      to: '2026-04-01',
      amount: rub('800.10'),
      clicks: 0,
      replaces: false,
    },
  ];
  if (dryRun !== true) {
    state.costs.push(...costs);
  }
  return { saved: dryRun !== true, costs, problems: [] };
}
