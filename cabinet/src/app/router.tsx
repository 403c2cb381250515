import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { readCallFilters } from '@/features/calls/filters';
import { readCommunicationFilters } from '@/features/communications/filters';
import { readAttributionChoice, readDealFilters } from '@/features/deals/filters';
import { readEmployeeFilters } from '@/features/employees/filters';
import { readConnectSearch, readIntegrationSearch } from '@/features/integrations/journal';
import { readNumberFilters } from '@/features/numbers/filters';
import { readFiguresPeriod } from '@/features/pools/period';
import { readRefusalFilters } from '@/features/refusals/filters';
import { readReportState } from '@/features/reports/state';
import { readTemplate } from '@/features/scenarios/templates';
import { hasRole, safeNext, type Session } from '@/features/session/session';
import { readVisitorFilters } from '@/features/visitors/filters';
import type { Role } from '@/graphql/generated/graphql';
import { announceNavigation } from '@/ui/navigation';
import { LoadFailure } from './LoadFailure';
import { NotFound } from './NotFound';
import { PendingPage } from './PendingPage';
import { parseSearch, type Search, stringifySearch } from './search';
import { Shell } from './Shell';

interface Context {
  session: Session;
}

const root = createRootRouteWithContext<Context>()();

const token = (search: Record<string, unknown>) => ({ token: String(search.token ?? '') });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: token,
  beforeLoad: ({ context }) => {
    if (!context.session.instance.setupRequired) {
      throw redirect({ to: '/' });
    }
  },
  component: lazyRouteComponent(() => import('@/features/session/routes/SetupPage'), 'SetupPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' ? { next: search.next } : {},
  beforeLoad: ({ context, search }) => {
    if (context.session.instance.setupRequired) {
      throw redirect({ to: '/setup', search: { token: '' } });
    }
    if (context.session.viewer) {
      throw redirect({ href: safeNext(search.next) });
    }
  },
  component: lazyRouteComponent(() => import('@/features/session/routes/SignInPage'), 'SignInPage'),
});

const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  validateSearch: token,
  component: lazyRouteComponent(() => import('@/features/session/routes/InvitePage'), 'InvitePage'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: ({ context, location }) => {
    if (context.session.instance.setupRequired) {
      throw redirect({ to: '/setup', search: { token: '' } });
    }
    if (!context.session.viewer) {
      const next = location.href;
      throw redirect({ to: '/sign-in', search: next === '/' ? {} : { next }, replace: true });
    }
  },
  component: Shell,
});

/** Pages of a role answer others as if they did not exist. */
function needs(role: Role) {
  return ({ context }: { context: Context }) => {
    const viewer = context.session.viewer;
    if (viewer && !hasRole(viewer.role, role)) {
      throw redirect({ to: '/', replace: true });
    }
  };
}

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/overview/routes/OverviewPage'), 'OverviewPage'),
});

const sites = createRoute({
  getParentRoute: () => shell,
  path: '/sites',
  component: lazyRouteComponent(() => import('@/features/sites/routes/SitesPage'), 'SitesPage'),
});

const site = createRoute({
  getParentRoute: () => shell,
  path: '/sites/$siteId',
  component: lazyRouteComponent(() => import('@/features/sites/routes/SitePage'), 'SitePage'),
});

const siteSnippet = createRoute({
  getParentRoute: () => site,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/sites/routes/SnippetTab'), 'SnippetTab'),
});

const siteSettings = createRoute({
  getParentRoute: () => site,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/features/sites/routes/SettingsTab'), 'SettingsTab'),
});

const siteGoals = createRoute({
  getParentRoute: () => site,
  path: '/goals',
  component: lazyRouteComponent(() => import('@/features/goals/routes/GoalsTab'), 'GoalsTab'),
});

const siteCampaigns = createRoute({
  getParentRoute: () => site,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('@/features/campaigns/routes/CampaignsTab'), 'CampaignsTab'),
});

const visitors = createRoute({
  getParentRoute: () => shell,
  path: '/visitors',
  validateSearch: (search: Record<string, unknown>) => readVisitorFilters(search as Search),
  component: lazyRouteComponent(() => import('@/features/visitors/routes/VisitorsPage'), 'VisitorsPage'),
});

const liveVisitors = createRoute({
  getParentRoute: () => shell,
  path: '/visitors/live',
  validateSearch: (search: Record<string, unknown>): { site?: string } =>
    typeof search.site === 'string' ? { site: search.site } : {},
  component: lazyRouteComponent(
    () => import('@/features/visitors/routes/LiveVisitorsPage'),
    'LiveVisitorsPage',
  ),
});

const visitor = createRoute({
  getParentRoute: () => shell,
  path: '/visitors/$visitorId',
  component: lazyRouteComponent(() => import('@/features/visitors/routes/VisitorPage'), 'VisitorPage'),
});

const communications = createRoute({
  getParentRoute: () => shell,
  path: '/communications',
  validateSearch: (search: Record<string, unknown>) => readCommunicationFilters(search as Search),
  component: lazyRouteComponent(
    () => import('@/features/communications/routes/CommunicationsPage'),
    'CommunicationsPage',
  ),
});

const reportSearch = (search: Record<string, unknown>) => readReportState(search);

const endToEndReport = createRoute({
  getParentRoute: () => shell,
  path: '/reports/end-to-end',
  validateSearch: reportSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/reports/routes/TableReportPage'), 'EndToEndPage'),
});

const summaryReport = createRoute({
  getParentRoute: () => shell,
  path: '/reports/summary',
  validateSearch: reportSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/reports/routes/TableReportPage'), 'SummaryPage'),
});

const dealsReport = createRoute({
  getParentRoute: () => shell,
  path: '/reports/deals',
  validateSearch: reportSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/reports/routes/DealsReportPage'), 'DealsReportPage'),
});

const associatedReport = createRoute({
  getParentRoute: () => shell,
  path: '/reports/associated',
  validateSearch: reportSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/reports/routes/AssociatedPage'), 'AssociatedPage'),
});

const modelsReport = createRoute({
  getParentRoute: () => shell,
  path: '/reports/models',
  validateSearch: reportSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/reports/routes/ModelsPage'), 'ModelsPage'),
});

const reportView = createRoute({
  getParentRoute: () => shell,
  path: '/reports/views/$viewId',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/reports/routes/ViewPage'), 'ViewPage'),
});

const deals = createRoute({
  getParentRoute: () => shell,
  path: '/deals',
  validateSearch: (search: Record<string, unknown>) => readDealFilters(search as Search),
  component: lazyRouteComponent(() => import('@/features/deals/routes/DealsPage'), 'DealsPage'),
});

const deal = createRoute({
  getParentRoute: () => shell,
  path: '/deals/$dealId',
  validateSearch: (search: Record<string, unknown>) => readAttributionChoice(search as Search),
  component: lazyRouteComponent(() => import('@/features/deals/routes/DealPage'), 'DealPage'),
});

const integrations = createRoute({
  getParentRoute: () => shell,
  path: '/integrations',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(
    () => import('@/features/integrations/routes/IntegrationsPage'),
    'IntegrationsPage',
  ),
});

const integration = createRoute({
  getParentRoute: () => shell,
  path: '/integrations/$integrationId',
  validateSearch: (search: Record<string, unknown>) => readIntegrationSearch(search),
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(
    () => import('@/features/integrations/routes/IntegrationPage'),
    'IntegrationPage',
  ),
});

const connectIntegration = createRoute({
  getParentRoute: () => shell,
  path: '/integrations/$integrationId/connect',
  validateSearch: (search: Record<string, unknown>) => readConnectSearch(search),
  beforeLoad: needs('ADMIN'),
  component: lazyRouteComponent(() => import('@/features/integrations/routes/ConnectPage'), 'ConnectPage'),
});

const authorizedIntegration = createRoute({
  getParentRoute: () => shell,
  path: '/integrations/authorized',
  beforeLoad: needs('ADMIN'),
  component: lazyRouteComponent(
    () => import('@/features/integrations/routes/AuthorizedPage'),
    'AuthorizedPage',
  ),
});

const otherCrm = createRoute({
  getParentRoute: () => shell,
  path: '/integrations/other-crm',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/crm/routes/OtherCrmPage'), 'OtherCrmPage'),
});

const dataApi = createRoute({
  getParentRoute: () => shell,
  path: '/account/data-api',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/dataapi/routes/DataApiPage'), 'DataApiPage'),
});

const costs = createRoute({
  getParentRoute: () => shell,
  path: '/costs',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/costs/routes/CostsPage'), 'CostsPage'),
});

const modelsGuide = createRoute({
  getParentRoute: () => shell,
  path: '/reports/models-guide',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/models/routes/ModelsGuidePage'), 'ModelsGuidePage'),
});

const refusals = createRoute({
  getParentRoute: () => shell,
  path: '/refusals',
  validateSearch: (search: Record<string, unknown>) => readRefusalFilters(search as Search),
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/refusals/routes/RefusalsPage'), 'RefusalsPage'),
});

const users = createRoute({
  getParentRoute: () => shell,
  path: '/users',
  beforeLoad: needs('ADMIN'),
  component: lazyRouteComponent(() => import('@/features/users/routes/UsersPage'), 'UsersPage'),
});

const employees = createRoute({
  getParentRoute: () => shell,
  path: '/employees',
  validateSearch: (search: Record<string, unknown>) => readEmployeeFilters(search as Search),
  component: lazyRouteComponent(() => import('@/features/employees/routes/EmployeesPage'), 'EmployeesPage'),
});

const employeeGroups = createRoute({
  getParentRoute: () => shell,
  path: '/employees/groups',
  beforeLoad: needs('ADMIN'),
  component: lazyRouteComponent(() => import('@/features/employees/routes/GroupsPage'), 'GroupsPage'),
});

const employeeStatuses = createRoute({
  getParentRoute: () => shell,
  path: '/employees/statuses',
  beforeLoad: needs('ADMIN'),
  component: lazyRouteComponent(() => import('@/features/employees/routes/StatusesPage'), 'StatusesPage'),
});

const schedules = createRoute({
  getParentRoute: () => shell,
  path: '/employees/hours',
  beforeLoad: needs('ADMIN'),
  component: lazyRouteComponent(() => import('@/features/employees/routes/SchedulesPage'), 'SchedulesPage'),
});

const calls = createRoute({
  getParentRoute: () => shell,
  path: '/calls',
  validateSearch: (search: Record<string, unknown>) => readCallFilters(search as Search),
  component: lazyRouteComponent(() => import('@/features/calls/routes/CallsPage'), 'CallsPage'),
});

const callTags = createRoute({
  getParentRoute: () => shell,
  path: '/calls/tags',
  component: lazyRouteComponent(() => import('@/features/calls/routes/CallTagsPage'), 'CallTagsPage'),
});

const callMonitor = createRoute({
  getParentRoute: () => shell,
  path: '/monitor',
  component: lazyRouteComponent(() => import('@/features/monitor/routes/MonitorPage'), 'MonitorPage'),
});

const call = createRoute({
  getParentRoute: () => shell,
  path: '/calls/$callId',
  component: lazyRouteComponent(() => import('@/features/calls/routes/CallPage'), 'CallPage'),
});

const connections = createRoute({
  getParentRoute: () => shell,
  path: '/telephony',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(
    () => import('@/features/connections/routes/ConnectionsPage'),
    'ConnectionsPage',
  ),
});

const connectPbx = createRoute({
  getParentRoute: () => shell,
  path: '/telephony/connect',
  beforeLoad: needs('ADMIN'),
  component: lazyRouteComponent(
    () => import('@/features/connections/routes/ConnectPbxPage'),
    'ConnectPbxPage',
  ),
});

const connection = createRoute({
  getParentRoute: () => shell,
  path: '/telephony/$connectionId',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(
    () => import('@/features/connections/routes/ConnectionPage'),
    'ConnectionPage',
  ),
});

const numbers = createRoute({
  getParentRoute: () => shell,
  path: '/numbers',
  validateSearch: (search: Record<string, unknown>) => readNumberFilters(search as Search),
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/numbers/routes/NumbersPage'), 'NumbersPage'),
});

const number = createRoute({
  getParentRoute: () => shell,
  path: '/numbers/$numberId',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/numbers/routes/NumberPage'), 'NumberPage'),
});

const siteSearch = (search: Record<string, unknown>): { site?: string } =>
  typeof search.site === 'string' ? { site: search.site } : {};

const pools = createRoute({
  getParentRoute: () => shell,
  path: '/pools',
  validateSearch: siteSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/pools/routes/PoolsPage'), 'PoolsPage'),
});

const blocks = createRoute({
  getParentRoute: () => shell,
  path: '/pools/blocks',
  validateSearch: siteSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/pools/routes/BlocksPage'), 'BlocksPage'),
});

const calltrackingSettings = createRoute({
  getParentRoute: () => shell,
  path: '/pools/settings',
  validateSearch: siteSearch,
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(
    () => import('@/features/pools/routes/CalltrackingSettingsPage'),
    'CalltrackingSettingsPage',
  ),
});

const pool = createRoute({
  getParentRoute: () => shell,
  path: '/pools/$poolId',
  validateSearch: (search: Record<string, unknown>) => readFiguresPeriod(search),
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/pools/routes/PoolPage'), 'PoolPage'),
});

const scenarios = createRoute({
  getParentRoute: () => shell,
  path: '/scenarios',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/scenarios/routes/ScenariosPage'), 'ScenariosPage'),
});

const sounds = createRoute({
  getParentRoute: () => shell,
  path: '/scenarios/sounds',
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/scenarios/routes/SoundsPage'), 'SoundsPage'),
});

const scenario = createRoute({
  getParentRoute: () => shell,
  path: '/scenarios/$scenarioId',
  validateSearch: (search: Record<string, unknown>) => readTemplate(search),
  beforeLoad: needs('ANALYST'),
  component: lazyRouteComponent(() => import('@/features/scenarios/routes/ScenarioPage'), 'ScenarioPage'),
});

const blacklist = createRoute({
  getParentRoute: () => shell,
  path: '/blacklist',
  component: lazyRouteComponent(() => import('@/features/scenarios/routes/BlacklistPage'), 'BlacklistPage'),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/tokens',
  component: lazyRouteComponent(() => import('@/features/tokens/routes/TokensPage'), 'TokensPage'),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('@/features/account/routes/AccountPage'), 'AccountPage'),
});

const unknown = createRoute({ getParentRoute: () => shell, path: '$', component: NotFound });

/** Every page of the cabinet. Each is fetched when it is first opened. */
export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    signIn,
    invite,
    shell.addChildren([
      overview,
      sites,
      site.addChildren([siteSnippet, siteSettings, siteGoals, siteCampaigns]),
      visitors,
      liveVisitors,
      visitor,
      communications,
      endToEndReport,
      summaryReport,
      dealsReport,
      associatedReport,
      modelsReport,
      reportView,
      deals,
      deal,
      integrations,
      integration,
      connectIntegration,
      authorizedIntegration,
      otherCrm,
      dataApi,
      costs,
      modelsGuide,
      refusals,
      users,
      employees,
      employeeGroups,
      employeeStatuses,
      schedules,
      calls,
      callTags,
      callMonitor,
      call,
      connections,
      connectPbx,
      connection,
      numbers,
      number,
      pools,
      blocks,
      calltrackingSettings,
      pool,
      scenarios,
      sounds,
      scenario,
      blacklist,
      tokens,
      account,
      unknown,
    ]),
  ]),
  context: { session: undefined as unknown as Session },
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: PendingPage,
  defaultErrorComponent: LoadFailure,
  defaultNotFoundComponent: NotFound,
});

router.subscribe('onBeforeNavigate', ({ fromLocation, pathChanged }) => {
  if (fromLocation && pathChanged) {
    announceNavigation();
  }
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
