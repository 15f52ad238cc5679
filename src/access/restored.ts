import { desc, eq, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Db, EpochMark, Statement, Store } from '#src/ports';
import { type EpochLevel, postgresFeedTx } from '#src/store';
import { setAccountStatus } from './account-status.ts';
import type { JournalLine } from './journal.ts';
import { revoke } from './revoke.ts';
import { suspend, unsuspend } from './suspend.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;

/** In a backup of SQLite, since its making; the value is when that was, in milliseconds, or 0 where nobody knows. */
export const backupMark = 'backup_of';

/**
 * What is known of the time between a backup and its restoring. `all`: nothing, so everything is revoked. `journal`:
 * what was revoked is revoked again. `nothing`: the hub did not run in between.
 */
export type SinceBackup =
  | { kind: 'all' | 'nothing' }
  | { kind: 'journal'; sinceMs: number; lines: JournalLine[] };

/** A hub must not start on a backup that was put back and of which nobody has said what it missed. */
export async function refuseUnsettledBackup({ store }: Pick<Ports, 'store'>): Promise<void> {
  if ((await readMark(store)) === null) return;
  throw new PatchbayError('internal', {
    internal:
      'This database is a backup that was put back: it knows nothing of what was revoked after it. Run patchbay restored, then start again.',
  });
}

/** Settles what a restored store missed. Bears repetition: a crash in the middle leaves the mark. */
export async function settleBackup(ports: Needs, since: SinceBackup): Promise<{ revoked: number }> {
  const { store } = ports;
  const revoked = await settle(ports, since);
  const { marks } = store.tables;
  await store.write((db) => [
    ...leaveGap(db, store),
    db.delete(marks).where(eq(marks.name, backupMark)),
    recordAudit(db, ports, {
      actor: 'cli',
      action: 'restore',
      subject: 'installation',
      detail: { since: since.kind, revoked },
    }),
  ]);
  return { revoked };
}

/** More rows of the feed than a hub writes between two backups. */
const feedGap = 1_000_000_000;

/**
 * Readers of the feed hold cursors from the time that was lost. What is written from now on comes after all of them, or
 * they would skip it.
 */
function leaveGap(db: Db, { dialect, tables: { feed, marks } }: Store): Statement[] {
  if (dialect === 'sqlite') {
    // A row that was there once is enough: AUTOINCREMENT never gives a position again.
    const position = sql<number>`(select coalesce(max(position), 0) + ${feedGap} from feed)`;
    return [
      db.insert(feed).values({ position, tx: 0, accountId: '', eventPosition: 0 }),
      db.delete(feed).where(eq(feed.accountId, '')),
    ];
  }
  const last = sql`greatest(coalesce((select max(tx) from feed), 0), ${sql.raw(postgresFeedTx)})`;
  const value = sql<number>`${last} + ${feedGap}::bigint - pg_current_xact_id()::text::bigint`;
  return [
    db
      .insert(marks)
      .values({ name: 'feed_tx', value })
      .onConflictDoUpdate({ target: marks.name, set: { value } }),
  ];
}

async function settle(ports: Needs, since: SinceBackup): Promise<number> {
  switch (since.kind) {
    case 'nothing':
      return 0;
    case 'all':
      await revoke(ports, { level: 'installation', id: '', reason: 'restored_backup', actor: 'cli' });
      return 1;
    case 'journal':
      return replay(ports, since);
    default:
      return since satisfies never;
  }
}

async function replay(
  ports: Needs,
  { sinceMs, lines }: { sinceMs: number; lines: JournalLine[] },
): Promise<number> {
  const knownMs = await newestKnown(ports);
  if (sinceMs > knownMs) {
    throw new PatchbayError('state_conflict', {
      public: `The journal begins at ${new Date(sinceMs).toISOString()}, but the backup may be as old as ${new Date(knownMs).toISOString()}: what was revoked between is in neither. Revoke everything instead: --revoke-all.`,
    });
  }
  let done = 0;
  for (const line of latest(lines).values()) done += (await repeat(ports, line)) ? 1 : 0;
  for (const line of lines) await repeatEnd(ports, line);
  return done;
}

/** An account that was closed or erased meanwhile is so again: what was erased must not come back with a backup. */
async function repeatEnd(ports: Needs, { level, subjectId, reason }: JournalLine): Promise<void> {
  const status = reason === 'account_closed' ? 'closed' : reason === 'account_erased' ? 'erased' : null;
  if (level !== 'account' || status === null) return;
  const { accounts } = ports.store.tables;
  const [row] = await ports.store.db
    .select({ status: accounts.status })
    .from(accounts)
    .where(eq(accounts.id, subjectId));
  if (row && row.status !== 'erased') await setAccountStatus(ports, 'cli', subjectId, status);
}

/** Of each subject the highest value and the last word on its suspension. */
function latest(lines: JournalLine[]): Map<string, JournalLine> {
  const last = new Map<string, JournalLine>();
  for (const line of lines) {
    const id = `${line.level}:${line.subjectId}`;
    const known = last.get(id);
    // The first of two alike is the deed itself; another is the trace of an earlier replay.
    const newer = known && known.atMs >= line.atMs ? known : line;
    last.set(id, { ...newer, value: Math.max(line.value, known?.value ?? 0) });
  }
  return last;
}

/** Whether there was something to do. */
async function repeat(ports: Needs, line: JournalLine): Promise<boolean> {
  const { level, subjectId: id } = line;
  const reason = line.reason ?? 'restored_journal';
  if (level === 'token') return repeatToken(ports, id, reason);
  const { epochs } = ports.store.tables;
  const [row] = await ports.store.db
    .select()
    .from(epochs)
    .where(eq(epochs.id, `${level}:${id}`));
  const isRaised = line.value > (row?.value ?? 0);
  if (isRaised) await revoke(ports, { level, id, reason, actor: 'cli', above: line.value });
  return (await repeatSuspension(ports, { level, id, reason }, line, row?.suspendedAt ?? null)) || isRaised;
}

async function repeatSuspension(
  ports: Needs,
  subject: { level: EpochLevel; id: string; reason: string },
  { suspendedAtMs }: Pick<EpochMark, 'suspendedAtMs'>,
  suspendedAt: Date | null,
): Promise<boolean> {
  if ((suspendedAtMs === null) === (suspendedAt === null)) return false;
  if (suspendedAtMs === null) await unsuspend(ports, { ...subject, actor: 'cli' });
  else await suspend(ports, { ...subject, actor: 'cli' });
  return true;
}

/** A token that was made after the backup is not there, and needs no revoking. */
async function repeatToken(ports: Needs, id: string, reason: string): Promise<boolean> {
  const { tokens } = ports.store.tables;
  const [row] = await ports.store.db
    .select({ revokedAt: tokens.revokedAt })
    .from(tokens)
    .where(eq(tokens.id, id));
  if (!row || row.revokedAt) return false;
  await revoke(ports, { level: 'token', id, reason, actor: 'cli' });
  return true;
}

/** The backup is no older than this: its own word, or else the newest thing that it tells of. */
async function newestKnown({ store }: Needs): Promise<number> {
  const madeMs = await readMark(store);
  if (madeMs) return madeMs;
  const { events, audit } = store.tables;
  const [event] = await store.db
    .select({ at: events.acceptedAt })
    .from(events)
    .orderBy(desc(events.position))
    .limit(1);
  const [deed] = await store.db.select({ at: audit.at }).from(audit).orderBy(desc(audit.position)).limit(1);
  return Math.max(event?.at.getTime() ?? 0, deed?.at.getTime() ?? 0);
}

async function readMark({ db, tables: { marks } }: Needs['store']): Promise<number | null> {
  const [row] = await db.select().from(marks).where(eq(marks.name, backupMark)).limit(1);
  return row?.value ?? null;
}
