import { GraphQLError } from 'graphql';
import { callMutations, callQueries, callSubscriptions } from './calls';
import { calltrackingMutations, calltrackingQueries } from './calltracking';
import { crmMutations, crmQueries } from './crm';
import { employeeMutations, employeeQueries } from './employees';
import { integrationMutations, integrationQueries } from './integrations';
import { reportMutations, reportQueries } from './reportResolvers';
import { scenarioMutations, scenarioQueries } from './scenarios';
import { ago, newSettings, type Site, type State, type User } from './state';

type Args = Record<string, unknown>;
type Input = { input: Record<string, unknown> };

/** An error as the server words it. */
export function failure(
  code: string,
  extensions: Record<string, unknown> = {},
  message = code.toLowerCase(),
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}

/** Answers for every field of the schema that the cabinet asks for, out of a state the test holds. */
export function resolversOf(state: State) {
  const id = () => String(state.nextId++);
  const viewer = () => state.users.find((user) => user.id === state.signedIn) ?? null;
  const me = (): User => {
    const user = viewer();
    if (!user) {
      throw failure('UNAUTHENTICATED');
    }
    return user;
  };
  const found = <Thing extends { id: string }>(things: Thing[], wanted: unknown): Thing => {
    me();
    const thing = things.find((candidate) => candidate.id === wanted);
    if (!thing) {
      throw failure('NOT_FOUND', { reason: 'not_found' });
    }
    return thing;
  };
  const siteOf = (part: 'goals' | 'campaigns', wanted: unknown) =>
    found(
      state.sites.filter((site) => site[part].some((thing) => thing.id === wanted)).slice(0, 1),
      state.sites.find((site) => site[part].some((thing) => thing.id === wanted))?.id,
    );
  const remove = <Thing extends { id: string }>(things: Thing[], wanted: unknown) => {
    const thing = found(things, wanted);
    things.splice(things.indexOf(thing), 1);
    return { id: thing.id };
  };
  const signIn = (user: User) => {
    state.signedIn = user.id;
    return { user };
  };
  const invite = (user: User) => ({
    user,
    inviteUrl: 'https://skvoz.example/invite?token=abc123def456',
    expiresAt: ago(-10_000),
  });
  return {
    Query: {
      ...reportQueries(state.reports, pageOf),
      ...integrationQueries(state.integrations, pageOf, failure),
      ...callQueries(state.calls, pageOf, failure),
      ...(state.calltracking && calltrackingQueries(state.calltracking, pageOf)),
      ...(state.scenarios && scenarioQueries(state.scenarios, failure)),
      ...employeeQueries(state.employees, pageOf, () => state.signedIn),
      ...(state.crm && crmQueries(state.crm, pageOf, () => failure('NOT_FOUND', { reason: 'not_found' }))),
      instance: () => ({
        version: '1.0.0-test',
        publicUrl: 'https://skvoz.example',
        setupRequired: state.setupRequired,
      }),
      viewer,
      me,
      account: () => me() && state.account,
      users: () => me() && state.users,
      apiTokens: () => me() && state.tokens,
      mySessions: () => me() && state.sessions,
      invitation: (_: unknown, { token }: Args) =>
        token === 'good'
          ? { email: 'new@romashka.example', accountName: state.account.name, role: 'ANALYST' }
          : null,
      sites: () => me() && state.sites,
      site: (_: unknown, args: Args) => found(state.sites, args.id),
      previewArrival: (_: unknown, { url }: Args) => ({
        source: state.visitors[0]?.lastSource,
        campaign: String(url).includes('vesna') ? state.sites[0]?.campaigns[0] : null,
      }),
      visitors: (_: unknown, args: Args) => {
        me();
        const filter = (args.filter ?? {}) as Args;
        const rows = state.visitors.filter(
          (visitor) =>
            (filter.siteId == null || visitor.siteId === filter.siteId) &&
            (filter.hasContacts == null || visitor.contacts.length > 0 === filter.hasContacts) &&
            (filter.search == null ||
              visitor.name.toLowerCase().includes(String(filter.search).toLowerCase())) &&
            (filter.channels == null || (filter.channels as unknown[]).includes(visitor.lastSource.channel)),
        );
        return pageOf(args.direction === 'ASC' ? rows.reverse() : rows, args);
      },
      visitor: (_: unknown, args: Args) => found(state.visitors, args.id),
      communications: (_: unknown, args: Args) => {
        me();
        const filter = (args.filter ?? {}) as Args;
        const rows = state.communications.filter(
          ({ kind }) => filter.kinds == null || (filter.kinds as unknown[]).includes(kind),
        );
        return pageOf(rows, args);
      },
      communication: (_: unknown, args: Args) => found(state.communications, args.id),
      refusals: (_: unknown, args: Args) => {
        me();
        const filter = (args.filter ?? {}) as Args;
        return pageOf(
          state.refusals.filter(({ reason }) => filter.reason == null || reason === filter.reason),
          args,
        );
      },
      refusalCounts: () => {
        const counts = new Map<string, number>();
        state.refusals.forEach(({ reason }) => counts.set(reason, (counts.get(reason) ?? 0) + 1));
        return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
      },
    },
    Mutation: {
      ...reportMutations(state.reports, id),
      ...integrationMutations(state.integrations, id, failure),
      ...callMutations(state.calls, id, failure),
      ...(state.calltracking && calltrackingMutations(state.calltracking, id, failure)),
      ...(state.scenarios && scenarioMutations(state.scenarios, id, failure)),
      ...employeeMutations(state.employees, id, failure),
      ...(state.crm && crmMutations(state.crm, id, (extensions) => failure('BAD_USER_INPUT', extensions))),
      completeSetup: (_: unknown, { input }: Input) => {
        if (input.token !== 'first') {
          throw failure('CONFLICT', { reason: 'link_used', field: 'token' });
        }
        state.setupRequired = false;
        Object.assign(state.account, {
          name: input.accountName,
          timezone: input.timezone,
          currency: input.currency,
        });
        Object.assign(state.users[0] ?? {}, {
          name: input.name,
          email: input.email,
          language: input.language,
        });
        return signIn(state.users[0] as User);
      },
      signIn: (_: unknown, { input }: Input) => {
        const user = state.users.find(({ email }) => email === input.email);
        if (user?.password !== input.password || !user) {
          throw failure('UNAUTHENTICATED', { reason: 'wrong_credentials' });
        }
        return signIn(user);
      },
      signOut: () => {
        state.signedIn = null;
        return { success: true };
      },
      acceptInvitation: (_: unknown, { input }: Input) => {
        const user: User = {
          id: id(),
          name: String(input.name),
          email: 'new@romashka.example',
          role: 'ANALYST',
          status: 'ACTIVE',
          language: 'RU',
          createdAt: ago(0),
          lastSignInAt: null,
          password: String(input.password),
        };
        state.users.push(user);
        return signIn(user);
      },
      changePassword: (_: unknown, { input }: Input) => {
        const user = me();
        if (user.password !== input.currentPassword) {
          throw failure('BAD_USER_INPUT', { field: 'currentPassword', reason: 'wrong_password' });
        }
        user.password = String(input.newPassword);
        state.sessions.splice(1);
        return { user };
      },
      updateProfile: (_: unknown, { input }: Input) => ({ user: Object.assign(me(), input) }),
      updateAccount: (_: unknown, { input }: Input) => ({ account: Object.assign(state.account, input) }),
      revokeSession: (_: unknown, { input }: Input) => {
        state.sessions = state.sessions.filter((session) => session.id !== input.id);
        return { sessions: state.sessions };
      },
      createSite: (_: unknown, { input }: Input) => {
        if (state.sites.some(({ domain }) => domain === input.domain)) {
          throw failure('CONFLICT', { reason: 'domain_taken', field: 'domain' });
        }
        const site: Site = {
          id: id(),
          domain: String(input.domain),
          name: String(input.name ?? input.domain),
          siteKey: 'n'.repeat(32),
          createdAt: ago(0),
          settings: newSettings(),
          installation: { state: 'WAITING', firstHitAt: null, lastHitAt: null, lastPageUrl: null },
          goals: [],
          campaigns: [],
        };
        state.sites.push(site);
        return { site };
      },
      updateSite: (_: unknown, { input }: Input) => {
        const { id, name, domain, ...settings } = input;
        const site = found(state.sites, id);
        Object.assign(site, { name, domain });
        Object.assign(site.settings, settings);
        return { site };
      },
      deleteSite: (_: unknown, { input }: Input) => remove(state.sites, input.id),
      createGoal: (_: unknown, { input }: Input) => {
        const { siteId, ...rest } = input;
        const goal = {
          id: id(),
          isEnabled: true,
          createdAt: ago(0),
          reachedLast30Days: 0,
          ...(rest as { name: string; type: string; isGoal: boolean; conditions: Args }),
        };
        found(state.sites, siteId).goals.push(goal);
        return { goal };
      },
      updateGoal: (_: unknown, { input }: Input) => ({
        goal: Object.assign(found(siteOf('goals', input.id).goals, input.id), input),
      }),
      deleteGoal: (_: unknown, { input }: Input) => remove(siteOf('goals', input.id).goals, input.id),
      createCampaign: (_: unknown, { input }: Input) => {
        const { siteId, ...rest } = input;
        const campaign = {
          id: id(),
          status: 'ACTIVE' as const,
          costs: [],
          createdAt: ago(0),
          ...(rest as { name: string; description: string; include: unknown[]; exclude: unknown[] }),
        };
        found(state.sites, siteId).campaigns.push(campaign);
        return { campaign };
      },
      updateCampaign: (_: unknown, { input }: Input) => ({
        campaign: Object.assign(found(siteOf('campaigns', input.id).campaigns, input.id), input),
      }),
      deleteCampaign: (_: unknown, { input }: Input) => {
        if (found(siteOf('campaigns', input.id).campaigns, input.id).costs.length > 0) {
          throw failure('CONFLICT', { reason: 'in_use', field: 'id' });
        }
        return remove(siteOf('campaigns', input.id).campaigns, input.id);
      },
      addCampaignCost: (_: unknown, { input }: Input) => {
        const campaign = found(siteOf('campaigns', input.campaignId).campaigns, input.campaignId);
        campaign.costs.unshift({
          id: id(),
          from: String(input.from),
          to: String(input.to),
          amount: { amount: String(input.amount), currency: 'RUB' },
        });
        return { campaign };
      },
      deleteCampaignCost: (_: unknown, { input }: Input) => {
        const campaign = found(siteOf('campaigns', input.campaignId).campaigns, input.campaignId);
        remove(campaign.costs, input.id);
        return { campaign };
      },
      setContactJoining: (_: unknown, { input }: Input) => {
        let changedVisitors = 0;
        for (const { contacts } of state.visitors) {
          for (const contact of contacts.filter(({ value }) => value === input.value)) {
            contact.isJoining = Boolean(input.isJoining);
            changedVisitors++;
          }
        }
        return { changedVisitors };
      },
      setVisitorSeparate: (_: unknown, { input }: Input) => {
        const visitor = found(state.visitors, input.visitorId);
        visitor.isSeparate = Boolean(input.isSeparate);
        return { visitor };
      },
      reincludeRefusals: (_: unknown, { input }: Input) => {
        const ids = input.ids as string[];
        const chosen = state.refusals.filter((refusal) => ids.includes(refusal.id) && !refusal.reincludedAt);
        chosen.forEach((refusal) => (refusal.reincludedAt = ago(0)));
        return { reincluded: chosen.length };
      },
      inviteUser: (_: unknown, { input }: Input) => {
        if (state.users.some(({ email }) => email === input.email)) {
          throw failure('CONFLICT', { reason: 'email_taken', field: 'email' });
        }
        const user: User = {
          id: id(),
          name: '',
          email: String(input.email),
          role: input.role as User['role'],
          status: 'INVITED',
          language: 'RU',
          createdAt: ago(0),
          lastSignInAt: null,
          password: '',
        };
        state.users.push(user);
        return invite(user);
      },
      renewInvitation: (_: unknown, { input }: Input) => invite(found(state.users, input.userId)),
      updateUser: (_: unknown, { input }: Input) => {
        const { id, blocked, ...rest } = input;
        const user = Object.assign(found(state.users, id), rest);
        if (blocked != null) {
          user.status = blocked ? 'BLOCKED' : 'ACTIVE';
        }
        return { user };
      },
      deleteUser: (_: unknown, { input }: Input) => remove(state.users, input.id),
      createApiToken: (_: unknown, { input }: Input) => {
        const apiToken = {
          id: id(),
          name: String(input.name),
          prefix: 'skv_new1',
          scopes: input.scopes as string[],
          userId: me().id,
          createdAt: ago(0),
          expiresAt: (input.expiresAt as string | null) ?? null,
          lastUsedAt: null,
        };
        state.tokens.push(apiToken);
        return { secret: 'skv_new1_0123456789abcdefghijklmnopqrstuv', apiToken };
      },
      revokeApiToken: (_: unknown, { input }: Input) => remove(state.tokens, input.id),
    },
    Subscription: {
      ...callSubscriptions(state.calls),
      liveVisitors: {
        subscribe: () => liveLists(state),
        resolve: (list: unknown) => list,
      },
    },
    User: { account: () => state.account },
    ApiToken: { user: (token: { userId: string }) => found(state.users, token.userId) },
    Site: {
      snippet: ({ siteKey }: Site) =>
        `<script>\n  var __cs = __cs || [];\n  __cs.push(["setCsAccount", "${siteKey}"]);\n</script>\n<script async src="https://skvoz.example/static/cs.min.js"></script>`,
      scriptUrl: () => 'https://skvoz.example/static/cs.min.js',
    },
    Visitor: {
      sessions: ({ sessions }: { sessions: unknown[] }, args: Args) => pageOf(sessions, args),
      goalReaches: ({ goalReaches }: { goalReaches: unknown[] }, args: Args) => pageOf(goalReaches, args),
      communications: ({ id }: { id: string }, args: Args) =>
        pageOf(
          state.communications.filter(({ visitorId }) => visitorId === id),
          args,
        ),
      person: (visitor: State['visitors'][number]) =>
        visitor.isSeparate || visitor.contacts.length === 0
          ? null
          : {
              id: '1',
              visitors: [visitor, ...state.visitors.slice(1, 3)],
              contacts: visitor.contacts,
            },
    },
    Session: {
      hits: ({ hits }: { hits: unknown[] }, args: Args) => pageOf(hits, args),
    },
  };
}

function pageOf(rows: unknown[], args: Args) {
  const begin = args.after == null ? 0 : Number(args.after);
  const end = begin + Number(args.first);
  const nodes = rows.slice(begin, end);
  return {
    nodes,
    pageInfo: {
      hasNextPage: end < rows.length,
      endCursor: nodes.length > 0 ? String(begin + nodes.length) : null,
    },
  };
}

async function* liveLists(state: State) {
  for (;;) {
    yield [...state.live];
    await new Promise<void>((resolve) => {
      const listener = () => {
        state.liveListeners.delete(listener);
        resolve();
      };
      state.liveListeners.add(listener);
    });
  }
}
