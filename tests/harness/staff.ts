import {
  createStaffToken,
  elevateHolder,
  grantRole,
  isSensitive,
  type Permission,
  permissionNames,
  roles,
  type StaffRole,
  staffRoles,
} from '../../src/staff/index.ts';
import { enterPerson, sessionCookie, startSession } from '../../src/sessions/index.ts';
import type { TestHub } from './hub.ts';
import type { Answer } from './call.ts';

type Hub = TestHub['hub'];

/** Somebody of the house: a user without an account, with these roles. */
export async function addStaff(hub: Hub, held: readonly StaffRole[], name = 'Sam Osei'): Promise<string> {
  const id = hub.ids.newId('usr');
  await hub.store.write((db) => [
    db.insert(hub.store.tables.users).values({ id, name, email: null, createdAt: hub.clock.now() }),
  ]);
  for (const role of held) await grantRole(hub, { by: 'cli', userId: id, role });
  return id;
}

/** What the roles allow, as a token for an hour. */
export async function staffTokenOf(hub: Hub, userId: string, held: readonly StaffRole[]): Promise<string> {
  const permissions = held.flatMap((role): readonly Permission[] => roles[role]);
  return (await createStaffToken(hub, 'cli', userId, { label: 'test', permissions, lifeMs: 3_600_000 }))
    .token;
}

/** All roles, all permissions, elevated: so that what is refused is the input. */
export async function mightyStaffToken(hub: Hub): Promise<string> {
  const userId = await addStaff(hub, staffRoles);
  const wish = { label: 'test', permissions: permissionNames, lifeMs: 3_600_000 };
  const { id, token } = await createStaffToken(hub, 'cli', userId, wish);
  const sensitive = permissionNames.filter(isSensitive);
  await elevateHolder(hub, { by: 'cli', userId, holder: id, permissions: sensitive, reason: 'a test' });
  return token;
}

export type Browser = {
  sessionId: string;
  cookie: string;
  /** What every form of a page carries. */
  formKey: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  elevate(...permissions: Permission[]): Promise<Answer>;
};

/** A browser in which somebody has just signed in; its calls come from pages of ours. */
export async function browserOf({ hub, call }: TestHub, userId: string): Promise<Browser> {
  const { secret, row } = await startSession(hub, userId);
  const cookie = sessionCookie(hub.settings, secret).split(';')[0] ?? '';
  const browser: Browser = {
    sessionId: row.id,
    cookie,
    formKey: (await enterPerson(hub, secret, 'GET'))?.formKey ?? '',
    call: (method, path, body, headers = {}) =>
      call(method, path, null, body, { cookie, 'sec-fetch-site': 'same-origin', ...headers }),
    elevate: (...permissions) =>
      browser.call('POST', '/admin/v1/elevations', { permissions, reason: 'a test of what it opens' }),
  };
  return browser;
}
