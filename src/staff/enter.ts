import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { enterPerson } from '#src/sessions';
import {
  isPermission,
  isSensitive,
  isStaffRole,
  type Permission,
  permissionsOf,
  type StaffRole,
} from './permissions.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'digest' | 'peppers' | 'settings' | 'gate'>;

/** A few minutes of sensitive permissions; they hold only as long as a role has them too. */
export type Elevation = { id: string; permissions: readonly Permission[]; reason: string; until: Date };

/** A member of staff, proven. */
export type Staff = {
  userId: string;
  name: string;
  roles: readonly StaffRole[];
  /** What the roles allow; of a token, no more than it was made with. */
  permissions: ReadonlySet<Permission>;
  /** The newest that has not ended; null where there is none. */
  elevation: Elevation | null;
  /** What the person came in by. `formKey`: what every form of a page carries; null for a token. */
  via: { kind: 'session' | 'token'; id: string; since: Date | null; formKey: string | null };
};

/** A browser's session, by the secret of its cookie; or a token that was authenticated as any other. */
export type StaffCredential = { secret: string; method: string } | { caller: Caller };

/**
 * Roles and elevation are read anew at every call: who loses a role has lost it at the next. Epochs, suspension and caps
 * are the person's, as everywhere. Throws 401 where nobody is signed in, 403 for who is no staff or is suspended, 429.
 */
export async function enterStaff(ports: Needs, credential: StaffCredential): Promise<Staff> {
  const who =
    'caller' in credential ? await byToken(ports, credential.caller) : await bySession(ports, credential);
  const roles = await rolesOf(ports, who.userId);
  if (roles.length === 0)
    throw new PatchbayError('forbidden', { public: 'This is for staff, and you have no role among them.' });
  const allowed = permissionsOf(roles);
  const { only, userId, name, via } = who;
  return {
    userId,
    name,
    roles,
    permissions: only === null ? allowed : new Set([...allowed].filter((permission) => only.has(permission))),
    elevation: await elevationOf(ports, via.id),
    via,
  };
}

/** Throws 403: because no role allows it, or because it is sensitive and there is no elevation for it. */
export function requirePermission(
  { permissions, elevation }: Pick<Staff, 'permissions' | 'elevation'>,
  permission: Permission,
): void {
  if (!permissions.has(permission))
    throw new PatchbayError('forbidden', {
      public: `This needs the permission ${permission}, which none of your roles gives here.`,
    });
  if (!isSensitive(permission) || elevation?.permissions.includes(permission)) return;
  throw new PatchbayError('elevation_needed', {
    public: `${permission} is sensitive: ask for an elevation with a reason first (POST /admin/v1/elevations).`,
  });
}

/** Whether it would pass `requirePermission`. */
export const mayNow = ({ permissions, elevation }: Staff, permission: Permission): boolean =>
  permissions.has(permission) && (!isSensitive(permission) || !!elevation?.permissions.includes(permission));

/** Whether the person has any role: for a page that leads them to the console. */
export const isStaff = async (ports: Pick<Needs, 'store'>, userId: string): Promise<boolean> =>
  (await rolesOf(ports, userId)).length > 0;

/** Who is written into the audit trail: apart from what the same person does as a customer. */
export const staffActor = ({ userId }: Pick<Staff, 'userId'>): string => `staff:${userId}`;

/** A personal token of a person that acts for no account; nothing else is made so. */
export const isStaffToken = ({ kind, accountId }: Pick<Caller, 'kind' | 'accountId'>): boolean =>
  kind === 'k' && accountId === null;

type Who = Pick<Staff, 'userId' | 'name' | 'via'> & { only: ReadonlySet<string> | null };

async function bySession(ports: Needs, { secret, method }: { secret: string; method: string }): Promise<Who> {
  const entered = await enterPerson(ports, secret, method);
  if (!entered) throw new PatchbayError('unauthenticated', { public: 'Sign in first.' });
  const { row, person, formKey } = entered;
  return {
    userId: person.id,
    name: person.name,
    via: { kind: 'session', id: row.id, since: row.createdAt, formKey },
    only: null,
  };
}

async function byToken({ store }: Needs, caller: Caller): Promise<Who> {
  const { users } = store.tables;
  const [person] = isStaffToken(caller)
    ? await store.db
        .select()
        .from(users)
        .where(eq(users.id, caller.userId ?? ''))
        .limit(1)
    : [];
  if (!person)
    throw new PatchbayError('forbidden', { public: 'This takes a staff token or a session of staff.' });
  return {
    userId: person.id,
    name: person.name,
    via: { kind: 'token', id: caller.tokenId, since: null, formKey: null },
    only: caller.scopes,
  };
}

async function rolesOf({ store }: Pick<Needs, 'store'>, userId: string): Promise<StaffRole[]> {
  const { staffRoles } = store.tables;
  const rows = await store.db
    .select({ role: staffRoles.role })
    .from(staffRoles)
    .where(and(eq(staffRoles.userId, userId), isNull(staffRoles.endedAt)));
  return rows.map(({ role }) => role).filter(isStaffRole);
}

async function elevationOf({ store, clock }: Needs, holder: string): Promise<Elevation | null> {
  const { elevations } = store.tables;
  const isLive = and(
    eq(elevations.holder, holder),
    isNull(elevations.endedAt),
    gt(elevations.expiresAt, clock.now()),
  );
  const [row] = await store.db.select().from(elevations).where(isLive).orderBy(desc(elevations.id)).limit(1);
  if (!row) return null;
  const { id, reason, expiresAt: until } = row;
  return { id, permissions: row.permissions.filter(isPermission), reason, until };
}
