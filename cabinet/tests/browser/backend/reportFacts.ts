import { communications, visitors } from './people';

/** A visit on the way to something, as reports break it down. */
interface Touch {
  channel: string;
  source: string;
  campaign: string;
  keyword: string;
  device: string;
}

/** A fact that reports of the test server count. */
export interface Fact {
  fact: 'SESSION' | 'COMMUNICATION' | 'DEAL';
  id: string;
  at: string;
  /** Visits before it, oldest first; its own one for a session. Empty = nothing is known. */
  touches: Touch[];
  /** What the fact itself is broken down by. */
  keys: Record<string, string>;
  /** Minor units of a deal. */
  revenue: number;
  /** Minor units a session cost. */
  cost: number;
}

const touch = (channel: string, source: string, campaign = '', keyword = ''): Touch => ({
  channel,
  source,
  campaign,
  keyword,
  device: keyword === '' ? 'mobile' : 'desktop',
});

const touches = [
  touch('paid', 'yandex', '40', 'розы с доставкой'),
  touch('organic', 'google'),
  touch('direct', ''),
  touch('paid', 'yandex', '40', 'букет недорого'),
  touch('social', 'vk'),
  touch('email', 'unisender', '41'),
];

const pathsOfDeals = [[0, 1, 2], [0, 2], [1], [4, 0, 2, 2], [5, 2], [3], []];

/** Words of the keys that stand for things of the account. */
export const labels: Record<string, Record<string, string>> = {
  campaign: { '40': 'Яндекс Директ: весна', '41': 'Рассылка постоянным' },
  deal_stage: { '501': 'Новая', '502': 'Счёт выставлен', '503': 'Оплачена', '504': 'Отказ' },
  deal_employee: { '71': 'Ольга Белова', '72': 'Игорь Титов' },
  deal_funnel: { '500': 'Продажи' },
};

/** Stages of the only funnel of the test account. */
export const stages = [
  { id: '501', externalId: 'new', name: 'Новая', status: 'IN_PROCESS', position: 1 },
  { id: '502', externalId: 'bill', name: 'Счёт выставлен', status: 'IN_PROCESS', position: 2 },
  { id: '503', externalId: 'won', name: 'Оплачена', status: 'SUCCESS', position: 10_010 },
  { id: '504', externalId: 'lost', name: 'Отказ', status: 'FAILED', position: 10_020 },
];

function day(before: number): string {
  const date = new Date(Date.now() - before * 86_400_000);
  date.setUTCHours(9, (before * 7) % 60, 0, 0);
  return date.toISOString();
}

function sessions(): Fact[] {
  return Array.from({ length: 240 }, (_, index): Fact => {
    const own = touches[(index * 5 + Math.floor(index / 7)) % touches.length] as Touch;
    return {
      fact: 'SESSION',
      id: String(9000 + index),
      at: day(index % 60),
      touches: [own],
      keys: { visitor_type: index % 3 === 0 ? 'returning' : 'new' },
      revenue: 0,
      cost: own.campaign === '40' ? 4_550 : 0,
    };
  });
}

function contacts(): Fact[] {
  const kinds = ['call', 'chat', 'offline_message', 'goal'];
  return Array.from({ length: 60 }, (_, index): Fact => {
    const own = touches[(index * 7) % touches.length] as Touch;
    return {
      fact: 'COMMUNICATION',
      id: String(60 + (index % 4)),
      at: day(index),
      touches: index % 9 === 8 ? [] : [own],
      keys: { communication_type: kinds[index % kinds.length] ?? '' },
      revenue: 0,
      cost: 0,
    };
  });
}

function deals(): Fact[] {
  return Array.from({ length: 42 }, (_, index): Fact => {
    const stage = stages[(index * 3) % stages.length];
    const steps = pathsOfDeals[index % pathsOfDeals.length] ?? [];
    return {
      fact: 'DEAL',
      id: String(800 + index),
      at: day((index * 4) % 60),
      touches: steps.map((step) => touches[step] as Touch),
      keys: {
        deal_stage: stage?.id ?? '',
        deal_status: (stage?.status ?? '').toLowerCase(),
        deal_employee: index % 5 === 4 ? '' : index % 2 === 0 ? '71' : '72',
        deal_cycle: stage?.status === 'SUCCESS' ? (['0', '1-3', '4-7', '8-14'][index % 4] ?? '') : '',
        deal_funnel: '500',
      },
      revenue: 350_050 + index * 10_000,
      cost: 0,
    };
  });
}

/** Everything the test account's reports count. */
export function reportFacts(): Fact[] {
  return [...sessions(), ...contacts(), ...deals()];
}

/** A deal as the test server shows it. */
export function dealOf(fact: Fact) {
  const stage = stages.find(({ id }) => id === fact.keys.deal_stage) ?? stages[0];
  const employee = fact.keys.deal_employee ?? '';
  return {
    id: fact.id,
    crmId: '600',
    externalId: `crm-${fact.id}`,
    name: `Заказ № ${fact.id}`,
    createdAt: fact.at,
    closedAt: null,
    stageAt: fact.at,
    status: stage?.status,
    stage,
    funnel: { ...funnel, crmId: '600' },
    revenue: { amount: (fact.revenue / 100).toFixed(2), currency: 'RUB' },
    employee:
      employee === ''
        ? null
        : { id: employee, externalId: employee, name: labels.deal_employee?.[employee] ?? '' },
  };
}

/** The only funnel of the test account. */
export const funnel = {
  id: '500',
  crmId: '600',
  externalId: 'sales',
  name: 'Продажи',
  inReports: true,
  stages,
};

/** A fact as `reportFacts` answers it. */
export function factRow(fact: Fact, share: number, value: number) {
  const [visitor] = visitors();
  const communication = communications().find(({ id }) => id === fact.id);
  return {
    fact: fact.fact,
    at: fact.at,
    share,
    value,
    session: fact.fact === 'SESSION' ? { ...visitor?.sessions[0], id: fact.id } : null,
    communication: fact.fact === 'COMMUNICATION' ? (communication ?? communications()[0]) : null,
    deal: fact.fact === 'DEAL' ? dealOf(fact) : null,
  };
}
