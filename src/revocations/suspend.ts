import { and, desc, eq, inArray, isNotNull, lt, ne, or } from 'drizzle-orm';
import { suspend, unsuspend } from '#src/access';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';
import { findSubject, levels } from './subject.ts';

/** A token by itself is revoked, or its grant suspended: it has nothing that could wait. */
export const suspensionLevels = levels.filter((level) => level !== 'token');
export type SuspensionLevel = Exclude<(typeof levels)[number], 'token'>;
/** Why staff suspends; from the operator's shell any word. */
export const suspensionReasons = ['abuse', 'violation', 'suspicious', 'incident', 'requested'] as const;

type Needs = Pick<Ports, 'store' | 'clock' | 'gate' | 'queue' | 'ids'>;
type At = { level: SuspensionLevel; id: string };
export type ShownSuspension = {
  level: string;
  id: string;
  /** As staff gave it, or the hub itself (`refresh_reuse`, `code_replay`, `account_suspended`). */
  reason: string | null;
  note: string | null;
  actor: string | null;
  suspended_at: string;
};

/**
 * The reversible form: calls answer 403 and deliveries wait, from its return on. Staff's reason takes the place of the
 * hub's own, so that only staff lifts it. Again with the same reason changes nothing. 404 for what is not there.
 */
export async function suspendAccess(
  ports: Needs,
  by: string,
  wish: At & { reason: string; note?: string | null; requestId?: string },
): Promise<{ suspension: ShownSuspension; already: boolean }> {
  await findSubject(ports, wish);
  const known = await readSuspension(ports, wish);
  const already = known?.reason === wish.reason;
  if (!already) await suspend(ports, { ...wish, actor: by });
  return { suspension: await findSuspension(ports, wish), already };
}

/**
 * Lifts it, and what waited goes out; what was revoked meanwhile stays revoked. 404 where nothing is suspended, 409 where
 * the marketplace has suspended the account: that is lifted by the account's status.
 */
export async function liftSuspension(
  ports: Needs,
  by: string,
  at: At & { requestId?: string },
): Promise<void> {
  if (!(await readSuspension(ports, at))) throw notSuspended(at);
  if (at.level === 'account') await refuseMarketplaces(ports, at.id);
  await unsuspend(ports, { ...at, actor: by });
}

async function refuseMarketplaces({ store }: Needs, id: string): Promise<void> {
  const { accounts } = store.tables;
  const [row] = await store.db.select({ status: accounts.status }).from(accounts).where(eq(accounts.id, id));
  if (row?.status !== 'suspended') return;
  throw new PatchbayError('state_conflict', {
    public: `The marketplace has suspended ${id}; it is lifted there (PUT /v1/accounts/${id}/status).`,
  });
}

/** 404 where it is not suspended. */
export async function findSuspension(ports: Pick<Needs, 'store'>, at: At): Promise<ShownSuspension> {
  const row = await readSuspension(ports, at);
  const [shown] = row ? await shownWithActors(ports, [row]) : [];
  if (shown) return shown;
  throw notSuspended(at);
}

/** What is suspended now, the latest first. */
export async function listSuspensions(
  ports: Pick<Needs, 'store'>,
  { level, after, limit }: { level?: SuspensionLevel | undefined; after?: string | undefined; limit: number },
): Promise<{ data: ShownSuspension[]; next_cursor: string | null }> {
  const { epochs } = ports.store.tables;
  const [ms, id] = after ? decodeCursor('suspensions', after, ['number', 'string']) : [null, ''];
  const at = new Date(ms ?? 0);
  const isBefore = or(lt(epochs.suspendedAt, at), and(eq(epochs.suspendedAt, at), lt(epochs.id, id)));
  const rows = await ports.store.db
    .select()
    .from(epochs)
    .where(
      and(
        isNotNull(epochs.suspendedAt),
        level ? eq(epochs.level, level) : ne(epochs.level, 'token'),
        ms === null ? undefined : isBefore,
      ),
    )
    .orderBy(desc(epochs.suspendedAt), desc(epochs.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: await shownWithActors(ports, page),
    next_cursor:
      rows.length > limit && last?.suspendedAt
        ? encodeCursor('suspensions', [last.suspendedAt.getTime(), last.id])
        : null,
  };
}

type EpochRow = Schema['epochs']['$inferSelect'];

async function readSuspension({ store }: Pick<Needs, 'store'>, { level, id }: At): Promise<EpochRow | null> {
  const { epochs } = store.tables;
  const [row] = await store.db
    .select()
    .from(epochs)
    .where(and(eq(epochs.id, `${level}:${id}`), isNotNull(epochs.suspendedAt)))
    .limit(1);
  return row ?? null;
}

/** Who and with what words stands in the audit trail alone. */
async function shownWithActors(
  { store }: Pick<Needs, 'store'>,
  rows: EpochRow[],
): Promise<ShownSuspension[]> {
  const { audit } = store.tables;
  const found = new Map<string, { actor: string; note: string | null }>();
  const ids = rows.map(({ id }) => id);
  for (let from = 0; from < ids.length; from += 90) {
    const deeds = await store.db
      .select({ subject: audit.subject, actor: audit.actor, detail: audit.detail })
      .from(audit)
      .where(and(inArray(audit.subject, ids.slice(from, from + 90)), eq(audit.action, 'suspend')))
      .orderBy(audit.position);
    for (const { subject, actor, detail } of deeds)
      found.set(subject, { actor, note: typeof detail['note'] === 'string' ? detail['note'] : null });
  }
  return rows.map((row) => ({
    level: row.level,
    id: row.subjectId,
    reason: row.reason,
    note: found.get(row.id)?.note ?? null,
    actor: found.get(row.id)?.actor ?? null,
    suspended_at: (row.suspendedAt ?? row.updatedAt).toISOString(),
  }));
}

const notSuspended = ({ level, id }: At): PatchbayError =>
  new PatchbayError('not_found', { public: `The ${level} ${id} is not suspended.` });
