import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { readCommunicationFilters } from '@/features/communications/filters';
import { readRefusalFilters } from '@/features/refusals/filters';
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
      refusals,
      users,
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
