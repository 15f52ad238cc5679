import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { recordAudit, recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { insertIf } from '#src/store';
import type { StaffRole } from './permissions.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;
type Deed = { by: string; userId: string; role: StaffRole; requestId?: string };

/** A person of the house, who is a member of no account. */
export async function addStaffPerson(ports: Needs, by: string, name: string): Promise<string> {
  const { store, clock, ids } = ports;
  const id = ids.newId('usr');
  await store.write((db) => [
    db.insert(store.tables.users).values({ id, name, email: null, createdAt: clock.now() }),
    recordAudit(db, ports, { actor: by, action: 'user.create', subject: id }),
  ]);
  return id;
}

/** 404 for a user who is not there, 409 for a role that the person has. It counts from the next call on. */
export async function grantRole(
  ports: Needs,
  { by, userId, role, requestId }: Deed,
): Promise<{ id: string }> {
  const { store, clock, ids } = ports;
  const { users, staffRoles } = store.tables;
  const [user] = await store.db.select({ id: users.id }).from(users).where(eq(users.id, userId)).limit(1);
  if (!user) throw new PatchbayError('not_found', { public: `There is no user ${userId}.` });
  const id = ids.newId('rol');
  const hasRole = sql`exists (select 1 from ${staffRoles} where ${isLive(ports, userId, role)})`;
  const isMade = sql`exists (select 1 from ${staffRoles} where ${eq(staffRoles.id, id)})`;
  const made = await store
    .write((db) => [
      insertIf(
        db,
        staffRoles,
        { id, userId, role, grantedBy: by, createdAt: clock.now() },
        sql`not ${hasRole}`,
      ).returning({ id: staffRoles.id }),
      recordAuditIf(
        db,
        ports,
        auditOf('staff.grant', { by, userId, role, ...(requestId ? { requestId } : {}) }),
        isMade,
      ),
    ])
    .then(([rows]) => rows.length > 0)
    .catch((error: unknown) => {
      // Two at the same moment on PostgreSQL: the index lets one through.
      if (store.isConflict(error)) return false;
      throw error;
    });
  if (made) return { id };
  throw new PatchbayError('state_conflict', { public: `This person has the role ${role} already.` });
}

/** 404 where the person does not have it. It is gone from the next call on. */
export async function endRole(ports: Needs, { by, userId, role, requestId }: Deed): Promise<void> {
  const { store, clock, ids } = ports;
  const { staffRoles } = store.tables;
  const [found] = await store.db
    .select({ id: staffRoles.id })
    .from(staffRoles)
    .where(isLive(ports, userId, role))
    .limit(1);
  if (!found) throw notHeld(role);
  // Unique to this call until the last statement: of two at the same moment one ends it, and one row says so.
  const mark = ids.newId('rol');
  const isOurs = eq(staffRoles.endedBy, mark);
  const [ended] = await store.write((db) => [
    db
      .update(staffRoles)
      .set({ endedAt: clock.now(), endedBy: mark })
      .where(and(eq(staffRoles.id, found.id), isNull(staffRoles.endedAt)))
      .returning({ id: staffRoles.id }),
    recordAuditIf(
      db,
      ports,
      auditOf('staff.end', { by, userId, role, ...(requestId ? { requestId } : {}) }),
      sql`exists (select 1 from ${staffRoles} where ${and(eq(staffRoles.id, found.id), isOurs)})`,
    ),
    db
      .update(staffRoles)
      .set({ endedBy: by })
      .where(and(eq(staffRoles.id, found.id), isOurs)),
  ]);
  if (ended.length === 0) throw notHeld(role);
}

export type HeldRole = { userId: string; name: string; role: string; grantedBy: string; since: Date };

/** Who has a role, by name; at most a thousand. */
export async function listStaff({ store }: Pick<Needs, 'store'>): Promise<HeldRole[]> {
  const { users, staffRoles } = store.tables;
  return store.db
    .select({
      userId: staffRoles.userId,
      name: users.name,
      role: staffRoles.role,
      grantedBy: staffRoles.grantedBy,
      since: staffRoles.createdAt,
    })
    .from(staffRoles)
    .innerJoin(users, eq(users.id, staffRoles.userId))
    .where(isNull(staffRoles.endedAt))
    .orderBy(asc(users.name), asc(staffRoles.role))
    .limit(1_000);
}

const isLive = ({ store }: Needs, userId: string, role: StaffRole) => {
  const { staffRoles } = store.tables;
  return and(eq(staffRoles.userId, userId), eq(staffRoles.role, role), isNull(staffRoles.endedAt));
};

const auditOf = (action: string, { by, userId, role, requestId }: Deed) => ({
  actor: by,
  action,
  subject: userId,
  requestId: requestId ?? null,
  detail: { role },
});

const notHeld = (role: StaffRole): PatchbayError =>
  new PatchbayError('not_found', { public: `This person does not have the role ${role}.` });
