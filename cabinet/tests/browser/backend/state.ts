import { type CalltrackingState } from './calltracking';
import { type CallsState, newCalls } from './calls';
import type { CrmState } from './crm';
import { type EmployeesState, newEmployees } from './employees';
import { type ScenariosState } from './scenarios';
import { type IntegrationsState, newIntegrations } from './integrations';
import { goals, campaigns, type Campaign, type Goal } from './rules';
import { newReports, type ReportsState } from './reportResolvers';
import { communications, refusals, visitors, type Communication, type Refusal, type Visitor } from './people';

/** A user of the test account. */
export interface User {
  id: string;
  name: string;
  email: string;
  role: 'OWNER' | 'ADMIN' | 'ANALYST' | 'OPERATOR';
  status: 'ACTIVE' | 'INVITED' | 'BLOCKED';
  language: 'RU' | 'EN';
  createdAt: string;
  lastSignInAt: string | null;
  password: string;
}

/** A site of the test account. */
export interface Site {
  id: string;
  domain: string;
  name: string;
  siteKey: string;
  createdAt: string;
  settings: Record<string, unknown>;
  installation: {
    state: 'WAITING' | 'RECEIVING' | 'SILENT';
    firstHitAt: string | null;
    lastHitAt: string | null;
    lastPageUrl: string | null;
  };
  goals: Goal[];
  campaigns: Campaign[];
}

/** A token of the test account. */
export interface Token {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  userId: string;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

/** Everything the test server knows. */
export interface State {
  setupRequired: boolean;
  account: Record<string, string>;
  users: User[];
  /** Id of the user signed in by the browser's cookie. */
  signedIn: string | null;
  sites: Site[];
  tokens: Token[];
  visitors: Visitor[];
  communications: Communication[];
  refusals: Refusal[];
  sessions: Record<string, unknown>[];
  reports: ReportsState;
  integrations: IntegrationsState;
  employees: EmployeesState;
  calls: CallsState;
  /** Absent: the numbers are those of `calls`. */
  calltracking?: CalltrackingState;
  scenarios?: ScenariosState;
  /** Absent: reports answer about deals, too. */
  crm?: CrmState;
  /** Operation names to answer with an error, and its extensions. */
  failing: Map<string, Record<string, unknown>>;
  /** Operation names to answer only when released. */
  held: Map<string, Promise<void>>;
  /** Visitors on the sites now; `liveChanged` tells subscribers. */
  live: Record<string, unknown>[];
  liveListeners: Set<() => void>;
  nextId: number;
}

const weights = [
  'ENTRANCE_PAGE',
  'REFERRER_DOMAIN',
  'SEARCH_ENGINE',
  'SEARCH_QUERY',
  'ENGINE',
  'REFERRER',
  'CHANNEL',
  'LOCATION',
  'UTM_TAGS',
  'OS_TAGS',
  'OTHER_TAGS',
];

/** Settings a new site begins with. */
export function newSettings(): Record<string, unknown> {
  return {
    cookieLifetimeDays: 365,
    campaignLifetimeDays: 90,
    sessionTimeoutMinutes: 30,
    shareSubdomains: true,
    respectDoNotTrack: false,
    requireConsent: false,
    dynamicalReplacement: true,
    ignoredIps: ['203.0.113.0/24'],
    excludedReferrers: ['pay.example'],
    conditionWeights: weights.map((parameter, index) => ({ parameter, weight: 10 + index * 5 })),
  };
}

/** A minute count ago, as the API writes it. */
export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

/** An account without anything: no site, no visitor. */
export function emptyState(): State {
  const user = { createdAt: ago(90_000), lastSignInAt: ago(30), password: 'correct horse' };
  return {
    setupRequired: false,
    account: {
      id: '1',
      name: 'ООО «Ромашка»',
      timezone: 'Europe/Moscow',
      currency: 'RUB',
      appKey: 'ak_5f0c3c1f4b7a4a0e9d2b8e6f1a7c3d90',
      createdAt: ago(100_000),
    },
    users: [
      {
        id: '1',
        name: 'Анна Смирнова',
        email: 'anna@romashka.example',
        role: 'OWNER',
        status: 'ACTIVE',
        language: 'RU',
        ...user,
      },
    ],
    signedIn: null,
    sites: [],
    tokens: [],
    visitors: [],
    communications: [],
    refusals: [],
    sessions: [
      {
        id: '1',
        createdAt: ago(500),
        lastSeenAt: ago(1),
        expiresAt: ago(-40_000),
        ip: '198.51.100.7',
        device: 'Firefox 143, Linux',
        isCurrent: true,
      },
    ],
    reports: newReports(true),
    integrations: newIntegrations(true),
    employees: newEmployees(true),
    calls: newCalls(true),
    failing: new Map(),
    held: new Map(),
    live: [],
    liveListeners: new Set(),
    nextId: 1000,
  };
}

/** An account with something on every page. */
export function fullState(): State {
  const state = emptyState();
  const common = { language: 'RU' as const, password: 'x', createdAt: ago(50_000) };
  state.users.push(
    {
      ...common,
      id: '2',
      name: 'Пётр Ильин',
      email: 'petr@romashka.example',
      role: 'ANALYST',
      status: 'ACTIVE',
      lastSignInAt: ago(3000),
    },
    {
      ...common,
      id: '3',
      name: '',
      email: 'new.colleague@romashka.example',
      role: 'OPERATOR',
      status: 'INVITED',
      lastSignInAt: null,
    },
    {
      ...common,
      id: '4',
      name: 'Олег Старов',
      email: 'oleg@romashka.example',
      role: 'ADMIN',
      status: 'BLOCKED',
      lastSignInAt: ago(60_000),
    },
  );
  const site = { settings: newSettings(), createdAt: ago(80_000) };
  state.sites = [
    {
      ...site,
      id: '10',
      domain: 'romashka.example',
      name: 'Ромашка: доставка цветов',
      siteKey: 'k3y'.repeat(10) + 'ab',
      installation: {
        state: 'RECEIVING',
        firstHitAt: ago(70_000),
        lastHitAt: ago(2),
        lastPageUrl: 'https://romashka.example/bukety/rozy?utm_source=yandex',
      },
      goals: goals(),
      campaigns: campaigns(),
    },
    {
      ...site,
      id: '11',
      domain: 'blog.romashka.example',
      name: 'blog.romashka.example',
      siteKey: 'z'.repeat(32),
      installation: { state: 'WAITING', firstHitAt: null, lastHitAt: null, lastPageUrl: null },
      goals: [],
      campaigns: [],
    },
    {
      ...site,
      id: '12',
      domain: 'opt.romashka.example',
      name: 'Опт',
      siteKey: 'q'.repeat(32),
      installation: {
        state: 'SILENT',
        firstHitAt: ago(70_000),
        lastHitAt: ago(4000),
        lastPageUrl: 'https://opt.romashka.example/',
      },
      goals: [],
      campaigns: [],
    },
  ];
  state.tokens = [
    {
      id: '20',
      name: 'Выгрузка в Power BI',
      prefix: 'skv_8fK2',
      scopes: ['READ'],
      userId: '1',
      createdAt: ago(9000),
      expiresAt: ago(-300_000),
      lastUsedAt: ago(12),
    },
    {
      id: '21',
      name: 'Чаты с сайта',
      prefix: 'skv_Qm71',
      scopes: ['CHATS', 'WRITE'],
      userId: '2',
      createdAt: ago(9000),
      expiresAt: null,
      lastUsedAt: null,
    },
  ];
  state.sessions.push({
    id: '2',
    createdAt: ago(9000),
    lastSeenAt: ago(2000),
    expiresAt: ago(-20_000),
    ip: '198.51.100.90',
    device: 'Chrome 142, Android',
    isCurrent: false,
  });
  state.visitors = visitors();
  state.communications = communications();
  state.refusals = refusals();
  state.reports = newReports(false);
  state.live = state.visitors.slice(0, 3).map((visitor, index) => ({
    visitorId: visitor.id,
    sessionId: `90${index}`,
    name: visitor.name,
    hasContacts: visitor.contacts.length > 0,
    startedAt: ago(3 + index * 4),
    lastActivityAt: ago(0),
    hitCount: 3 + index,
    pageUrl: 'https://romashka.example/bukety/rozy',
    pageTitle: index === 1 ? '' : 'Розы с доставкой за час',
    source: visitor.lastSource,
    client: visitor.client,
  }));
  return state;
}
