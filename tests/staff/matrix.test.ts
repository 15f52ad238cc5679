import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember } from '../../src/access/index.ts';
import { createApp } from '../../src/app.ts';
import { describeApi } from '../../src/describe.ts';
import { loadPages } from '../../src/node-pages.ts';
import {
  type DeclaredRoute,
  declaredStaffRoutes,
  elevateHolder,
  isSensitive,
  type Permission,
  permissionNames,
  permissions,
  roles,
  type StaffRole,
  staffRoles,
} from '../../src/staff/index.ts';
import { appGrant } from '../events/app-grant.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { addStaff, type Browser, browserOf, staffTokenOf } from '../harness/staff.ts';
import { type OpenApi, type Operation, operationsOf } from '../wire/operations.ts';

type Route = Omit<DeclaredRoute, 'also'> & { needs: Permission[]; isApi: boolean; name: string };
type Member = { role: StaffRole; userId: string; browser: Browser; token: string; tokenId: string };

/**
 * Every route under /admin, as the app itself serves it, by every role, elevated or not, and by everybody who is no staff.
 * What each is answered follows from the data alone: the route's permission, the role's permissions, what is sensitive.
 */
describe('every route for staff by every role [S1-13]', { timeout: 240_000 }, () => {
  const state = {} as {
    hub: TestHub;
    app: ReturnType<typeof createApp>;
    members: Member[];
    routes: Route[];
    operations: Operation[];
  };
  beforeAll(async () => {
    state.hub = await startTestHub();
    const { hub } = state.hub;
    state.app = createApp(hub, {}, null, await loadPages());
    state.operations = operationsOf(describeApi('https://hub.example') as unknown as OpenApi);
    state.routes = declaredStaffRoutes(state.app).map(({ method, path, permission, also }) => ({
      method,
      path,
      permission,
      needs: [permission, also].filter((one) => one !== null && one !== undefined),
      isApi: path.startsWith('/admin/v1/'),
      name: `${method} ${path}`,
    }));
    state.members = [];
    for (const role of staffRoles) {
      const userId = await addStaff(hub, [role], `A ${role}`);
      const token = await staffTokenOf(hub, userId, [role]);
      const { tokens } = hub.store.tables;
      const rows = await hub.store.db.select({ id: tokens.id, userId: tokens.userId }).from(tokens);
      const tokenId = rows.find((row) => row.userId === userId)?.id ?? '';
      state.members.push({ role, userId, browser: await browserOf(state.hub, userId), token, tokenId });
    }
  });
  afterAll(() => state.hub?.stopAndForget());

  test('whatever is served under /admin has declared its permission', () => {
    const served = state.app.routes
      .filter(({ path }) => path === '/admin' || path.startsWith('/admin/'))
      .map(({ method, path }) => `${method} ${path}`);
    const declared = new Set(state.routes.map(({ name }) => name));
    // Middleware, and the page that says that nothing is here: tried below.
    const rest = new Set(['ALL /admin', 'ALL /admin/*']);
    expect([...new Set(served)].filter((name) => !declared.has(name) && !rest.has(name))).toEqual([]);
    expect(declared.size).toBeGreaterThan(30);
  });

  test('a route that forgets to declare itself would be found', async () => {
    const app = createApp(state.hub.hub);
    app.get('/admin/v1/forgotten', (c) => c.text('open'));
    const declared = declaredStaffRoutes(app).map(({ method, path }) => `${method} ${path}`);
    expect(app.routes.map(({ method, path }) => `${method} ${path}`)).toContain('GET /admin/v1/forgotten');
    expect(declared).not.toContain('GET /admin/v1/forgotten');
  });

  test('the document says of each route of the API what it takes', () => {
    const paths = (describeApi('https://hub.example') as unknown as OpenApi).paths as Record<
      string,
      Record<string, { 'x-permission'?: unknown; 'x-sensitive'?: unknown }>
    >;
    for (const { method, path, permission, needs, isApi, name } of state.routes) {
      if (!isApi) continue;
      const entry = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      expect(entry, name).toMatchObject({
        'x-permission': permission,
        'x-sensitive': needs.some(isSensitive),
      });
    }
  });

  test('each role has permissions that there are; each permission is of some role and, but for unmasking, of some route', () => {
    for (const held of Object.values(roles))
      expect(permissionNames).toEqual(expect.arrayContaining([...held]));
    const given = new Set(Object.values(roles).flatMap((held): readonly Permission[] => held));
    expect(permissionNames.filter((name) => !given.has(name))).toEqual([]);
    const used = new Set(state.routes.flatMap(({ needs }) => needs));
    expect(permissionNames.filter((name) => !used.has(name))).toEqual(['people:unmask']);
    const sensitive = permissionNames.filter((name) => permissions[name].isSensitive);
    expect(sensitive).toEqual([
      'people:unmask',
      'revocations:create',
      'suspensions:create',
      'approvals:manage',
      'staff:manage',
      'staff:script',
    ]);
  });

  const concrete = ({ path }: Route): string =>
    path.replaceAll(/:(\w+)/g, (_, name: string) => idFor(path, name));

  /** Of the right form, and of nothing that is there. */
  function idFor(path: string, name: string): string {
    if (name === 'role') return 'support';
    if (name === 'level') return 'app';
    if (name === 'source') return 'connector:none';
    if (name === 'kind') return 'rfp.create';
    if (name === 'user') return 'usr_01kam0000000000000000000zz';
    const operation = state.operations.find((one) => one.path === path.replaceAll(/:(\w+)/g, '{$1}'));
    const pattern = operation?.pathParameters.find((one) => one.name === name)?.pattern;
    const prefix = /\^?([a-z]{3})_/.exec(pattern ?? '')?.[1] ?? 'app';
    return `${prefix}_01kam0000000000000000000zz`;
  }

  /** What who may do it is answered, from what the document says that it takes. */
  function allowedStatus(route: Route): number {
    const operation = state.operations.find(
      ({ name }) => name === `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    if (operation?.isBodyRequired) return 422;
    // The trail outlives what it is about.
    if (/\/(?:timeline|behaviour)$/.test(route.path)) return 200;
    if (route.path.endsWith('/search') || route.path.endsWith('/preview')) return 400;
    return route.path.includes(':') ? 404 : 200;
  }

  const isLacking = ({ role }: Member, { needs }: Route): boolean =>
    needs.some((one) => !(roles[role] as readonly Permission[]).includes(one));
  const sensitiveOf = ({ role }: Member): Permission[] => roles[role].filter(isSensitive);
  const bodyOf = (route: Route): object | undefined => (route.method === 'GET' ? undefined : {});

  function expectedOf(member: Member, route: Route, isElevated: boolean): [number, string | null] {
    if (isLacking(member, route)) return [403, 'forbidden'];
    if (route.needs.some(isSensitive) && !isElevated) return [403, 'elevation_needed'];
    return [allowedStatus(route), null];
  }

  test.each([false, true])('the API, elevated: %s', async (isElevated) => {
    const { hub } = state.hub;
    const wrong: string[] = [];
    for (const member of state.members) {
      const sensitive = sensitiveOf(member);
      for (const [kind, holder] of [
        ['session', member.browser.sessionId],
        ['token', member.tokenId],
      ] as const) {
        if (isElevated && sensitive.length > 0)
          await elevateHolder(hub, {
            by: 'test',
            userId: member.userId,
            holder,
            permissions: sensitive,
            reason: 'the matrix',
          });
        for (const route of state.routes.filter(({ isApi }) => isApi)) {
          const [path, body] = [concrete(route), bodyOf(route)];
          const answer =
            kind === 'session'
              ? await member.browser.call(route.method, path, body)
              : await state.hub.call(route.method, path, member.token, body);
          const [status, code] = expectedOf(member, route, isElevated);
          if (answer.status !== status || (code !== null && answer.body.code !== code))
            wrong.push(
              `${member.role} by ${kind}: ${route.name} → ${answer.status} ${answer.body?.code ?? ''}, not ${status} ${code ?? ''}`,
            );
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('who is no staff: 401 without anything, 403 with a session or a token of any kind', async () => {
    const { hub, account: newAccount, service } = state.hub;
    const account = await newAccount(['bookings:read', 'webhooks:manage', 'tokens:manage']);
    const person = await addMember(hub, 'test', { accountId: account.id, userName: 'Ana', role: 'owner' });
    const browser = await browserOf(state.hub, person);
    const app = await appGrant(state.hub, account.id, ['bookings:read']);
    const tokens = [account.token, await service(), app.token];
    for (const route of state.routes.filter(({ isApi }) => isApi)) {
      const [path, body] = [concrete(route), bodyOf(route)];
      expect([route.name, (await state.hub.call(route.method, path, null, body)).status]).toEqual([
        route.name,
        401,
      ]);
      for (const token of tokens) {
        const answer = await state.hub.call(route.method, path, token, body);
        expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 403, 'forbidden']);
      }
      const answer = await browser.call(route.method, path, body);
      expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 403, 'forbidden']);
    }
  });

  const visit = (browser: Browser | null, { method }: Pick<Route, 'method'>, path: string) =>
    fetch(state.hub.origin + path, {
      method,
      redirect: 'manual',
      headers: {
        connection: 'close',
        'sec-fetch-site': 'same-origin',
        ...(browser ? { cookie: browser.cookie } : {}),
      },
      ...(method === 'POST' ? { body: new URLSearchParams({ form_key: browser?.formKey ?? '' }) } : {}),
    });
  const isSignIn = (answer: Response): boolean =>
    answer.status === 303 && (answer.headers.get('location') ?? '').startsWith('/portal/sign-in');

  test.each([false, true])('the pages, elevated: %s', async (isElevated) => {
    const wrong: string[] = [];
    for (const member of state.members)
      for (const route of state.routes.filter(({ isApi }) => !isApi)) {
        const holder = member.browser.sessionId;
        const { hub } = state.hub;
        const wanted = isElevated ? sensitiveOf(member) : [];
        // A page may end it.
        await elevateHolder(hub, {
          by: 'test',
          userId: member.userId,
          holder,
          permissions: wanted,
          reason: 'matrix',
        });
        const answer = await visit(member.browser, route, concrete(route));
        const [status] = expectedOf(member, route, isElevated);
        const isRefused = answer.status === 403;
        if (isRefused !== (status === 403) || isSignIn(answer) || answer.status >= 500)
          wrong.push(`${member.role}: ${route.name} → ${answer.status}, and the data say ${status}`);
      }
    expect(wrong).toEqual([]);
  });

  test('pages lead nobody on but to the sign-in, and tell a person without a role nothing', async () => {
    const { hub, account: newAccount } = state.hub;
    const account = await newAccount();
    const person = await addMember(hub, 'test', { accountId: account.id, userName: 'Ana', role: 'owner' });
    const browser = await browserOf(state.hub, person);
    const pages = state.routes.filter(({ isApi }) => !isApi);
    const asked = [
      ...pages.map((route) => ({ method: route.method, path: concrete(route) })),
      { method: 'GET', path: '/admin/no/such/page' },
    ];
    for (const { method, path } of asked) {
      expect([path, isSignIn(await visit(null, { method }, path))]).toEqual([path, true]);
      expect([path, (await visit(browser, { method }, path)).status]).toEqual([path, 404]);
    }
  });

  test('a staff token opens nothing else: every route of the API for others refuses it', async () => {
    const { token } = state.members[1] as Member;
    const others = state.operations.filter(({ path, scopes }) => scopes !== null && path.startsWith('/v1/'));
    expect(others.length).toBeGreaterThan(30);
    for (const { method, path, name } of others) {
      const filled = path.replaceAll(/\{(\w+)\}/g, 'nothing');
      const answer = await state.hub.call(method, filled, token, method === 'GET' ? undefined : {});
      expect([name, answer.status, answer.body.code]).toEqual([name, 403, 'forbidden']);
    }
  });
});
