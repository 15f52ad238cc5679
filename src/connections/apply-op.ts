/**
 * One op, at most one change at the vendor, exactly one thing there whatever is lost on the way. The row of its key is
 * taken first (compare and swap), so that two deliveries never work at one thing at a time, and says `making` until the
 * outcome is written: whoever finds it so, after a crash or a silence, asks the vendor before anything is sent again.
 */
import { and, eq, isNull, lt, or } from 'drizzle-orm';
import { type Connector, NoAnswer, type Op, type Outcome } from '#kit';
import { recordAudit } from '#src/audit';
import type { ConnectionRow } from './find.ts';
import { type Needs, type Opened, readRef, refId } from './open.ts';
import { OverLimit } from './vendor-call.ts';

export type Done =
  | { kind: 'outcome'; outcome: Outcome }
  /** A newer state of the same thing was applied before: nothing was sent. */
  | { kind: 'stale' }
  /** Another delivery is at it. */
  | { kind: 'busy' };

type Taken = NonNullable<Awaited<ReturnType<typeof readRef>>>;
export type Doing = {
  connector: Connector;
  row: ConnectionRow;
  opened: Opened;
  op: Op;
  eventId: string;
  /** Takes back what stands there, whatever its sequence. */
  isRecall?: boolean;
};

const holdMs = 60_000;

export async function applyOp(ports: Needs, doing: Doing): Promise<Done> {
  const holder = ports.ids.newId('wrk');
  const before = await take(ports, doing, holder);
  if (before === 'stale' || before === 'busy') return { kind: before };
  const { outcome, isStillOpen } = await tried(doing, before);
  await keep(ports, doing, holder, outcome, isStillOpen);
  return { kind: 'outcome', outcome };
}

/** The row as it was before it was taken; null: there was none. */
async function take(
  ports: Needs,
  { row, op, eventId, isRecall = false }: Doing,
  holder: string,
): Promise<Taken | null | 'stale' | 'busy'> {
  const { connectionRefs } = ports.store.tables;
  const id = refId(row.id, op.key);
  const known = await readRef(ports, row.id, op.key);
  const isSettled = known?.state === 'made' || known?.state === 'gone';
  if (isSettled && known.seq >= op.seq && !isRecall) return 'stale';
  const now = ports.clock.now();
  const heldUntil = new Date(now.getTime() + holdMs);
  const set = { state: 'making' as const, kind: op.kind, holder, heldUntil, eventId, updatedAt: now };
  const [held] = await ports.store.write((db) => [
    known
      ? db
          .update(connectionRefs)
          .set(set)
          .where(
            and(
              isAsKnown(ports, known),
              or(isNull(connectionRefs.holder), lt(connectionRefs.heldUntil, now)),
            ),
          )
          .returning({ id: connectionRefs.id })
      : db
          .insert(connectionRefs)
          .values({ ...set, id, connectionId: row.id, key: op.key, seq: -1, ref: null, note: null })
          .onConflictDoNothing()
          .returning({ id: connectionRefs.id }),
  ]);
  return held.length > 0 ? known : 'busy';
}

/** Whoever has done something to it since has a newer word: it is read again. */
function isAsKnown({ store }: Needs, { id, seq, state, updatedAt }: Taken) {
  const { connectionRefs } = store.tables;
  return and(
    eq(connectionRefs.id, id),
    eq(connectionRefs.seq, seq),
    eq(connectionRefs.state, state),
    eq(connectionRefs.updatedAt, updatedAt),
  );
}

/** `isStillOpen`: the vendor could not be asked what came of the try before. */
async function tried(
  { connector, opened, op }: Doing,
  before: Taken | null,
): Promise<{ outcome: Outcome; isStillOpen: boolean }> {
  const { ctx } = opened;
  const isOpen = before !== null && (before.state === 'making' || before.state === 'unknown');
  if (isOpen && connector.reconcile) {
    const found = await guarded(
      opened,
      () => connector.reconcile?.(op, ctx) ?? Promise.resolve('absent' as const),
    );
    if (found !== 'absent') return { outcome: found, isStillOpen: !found.ok && found.kind !== 'permanent' };
  }
  const outcome = await guarded(opened, () => connector.deliver(op, ctx));
  if (outcome === 'absent') throw new Error(`${connector.manifest.id}: deliver answered "absent"`);
  return { outcome, isStillOpen: !outcome.ok && outcome.kind === 'unknown' };
}

/** A credential that the vendor refuses is renewed once. What a connector did not expect is told apart by what was sent. */
async function guarded(opened: Opened, run: () => Promise<Outcome | 'absent'>): Promise<Outcome | 'absent'> {
  const first = await answered(run);
  if (first === 'absent' || first.ok || first.kind !== 'auth' || first.next !== 'refresh') return first;
  const renewed = await opened.renew();
  if (renewed.ok) return answered(run);
  return renewed.kind === 'reconnect'
    ? { ok: false, kind: 'auth', next: 'reconnect', code: renewed.code }
    : { ok: false, kind: 'transient', code: renewed.code, slow: 'connection' };
}

async function answered(run: () => Promise<Outcome | 'absent'>): Promise<Outcome | 'absent'> {
  try {
    return await run();
  } catch (error) {
    return outcomeOfError(error);
  }
}

export function outcomeOfError(error: unknown): Exclude<Outcome, { ok: true }> {
  if (error instanceof OverLimit)
    return {
      ok: false,
      kind: 'transient',
      code: error.code,
      retryAfterMs: error.retryAfterMs,
      slow: error.per === 'app' ? 'app' : 'connection',
    };
  if (!(error instanceof NoAnswer)) throw error;
  return error.sent
    ? { ok: false, kind: 'unknown', code: error.code }
    : { ok: false, kind: 'transient', code: error.code, slow: 'call' };
}

/** What is known now, and a receipt of what was applied in the audit trail. Only where nobody has taken it over since. */
async function keep(
  ports: Needs,
  { row, op, eventId }: Doing,
  holder: string,
  outcome: Outcome,
  isStillOpen: boolean,
): Promise<void> {
  const { connectionRefs } = ports.store.tables;
  const id = refId(row.id, op.key);
  const now = ports.clock.now();
  const free = { holder: null, heldUntil: null, updatedAt: now };
  const isMine = and(eq(connectionRefs.id, id), eq(connectionRefs.holder, holder));
  const before = await readRef(ports, row.id, op.key);
  await ports.store.write((db) =>
    outcome.ok
      ? [
          db
            .update(connectionRefs)
            .set({
              ...free,
              seq: op.seq,
              state: outcome.applied === 'deleted' ? 'gone' : 'made',
              ref: outcome.ref ?? before?.ref ?? null,
              vendorId: outcome.ref?.id ?? before?.ref?.id ?? null,
              note: null,
            })
            .where(isMine),
          recordAudit(db, ports, {
            actor: 'hub',
            action: 'connection.applied',
            subject: row.id,
            accountId: row.accountId,
            detail: {
              key: op.key,
              kind: op.kind,
              seq: op.seq,
              applied: outcome.applied,
              event: eventId,
              ...outcome.ref,
            },
          }),
        ]
      : [
          db
            .update(connectionRefs)
            .set({ ...free, state: isStillOpen ? 'unknown' : settledState(before) })
            .where(isMine),
        ],
  );
}

/** Nothing was changed: it stands as it stood. A row of which nothing was ever made is `gone`. */
const settledState = (before: Taken | null): 'made' | 'gone' => (before?.ref ? 'made' : 'gone');
