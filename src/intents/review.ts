import { and, eq, sql } from 'drizzle-orm';
import { recordAudit, recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { IntentKind } from '#src/store';
import { openMarked } from './open.ts';
import { sourceId } from './sources.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;
type By = { actor: string; requestId: string | null };

/** One intent that waits: it goes to the core, or it ends here. 404 for none, 409 for one that does not wait. */
export async function reviewIntent(
  ports: Needs,
  by: By,
  { id, decision, reason }: { id: string; decision: 'approve' | 'refuse'; reason: string },
): Promise<void> {
  const { store, clock, ids } = ports;
  const { intents } = store.tables;
  const mark = ids.newId('req');
  const now = clock.now();
  const isApproved = decision === 'approve';
  const [known] = await store.db
    .select({ accountId: intents.accountId })
    .from(intents)
    .where(eq(intents.id, id))
    .limit(1);
  if (!known) throw new PatchbayError('not_found', { public: `There is no intent ${id}.` });
  const [moved] = await store.write((db) => [
    db
      .update(intents)
      .set({
        mark,
        updatedAt: now,
        ...(isApproved ? { state: 'open' as const, openedAt: now } : { state: 'refused' as const, reason }),
      })
      .where(and(eq(intents.id, id), eq(intents.state, 'pending_review')))
      .returning({ id: intents.id }),
    openMarked(ports, db, mark),
    recordAuditIf(
      db,
      ports,
      { ...by, action: `intent.${decision}`, subject: id, accountId: known.accountId, detail: { reason } },
      sql`exists (select 1 from ${intents} where ${and(eq(intents.id, id), eq(intents.mark, mark))})`,
    ),
  ]);
  if (moved.length > 0) return;
  throw new PatchbayError('state_conflict', {
    public: 'It does not wait for a review: it was decided, or has expired.',
  });
}

/**
 * An origin for one kind. Approved: what waits from it is open, and what comes goes straight to the core. Blocked: what
 * waits is refused, and nothing more is taken. The row comes first: an intent that is being recorded waits for it.
 */
export async function decideSource(
  ports: Needs,
  by: By,
  {
    source,
    kind,
    state,
    note,
  }: { source: string; kind: IntentKind; state: 'approved' | 'blocked'; note: string },
): Promise<{ decided: number }> {
  const { store, clock, ids } = ports;
  const { intents, intentSources } = store.tables;
  const id = sourceId(source, kind);
  const mark = ids.newId('req');
  const now = clock.now();
  const decided = { state, note, decidedBy: by.actor, updatedAt: now };
  const [, moved] = await store.write((db) => [
    db
      .insert(intentSources)
      .values({ id, source, kind, createdAt: now, ...decided })
      .onConflictDoUpdate({ target: intentSources.id, set: decided }),
    db
      .update(intents)
      .set({
        mark,
        updatedAt: now,
        ...(state === 'approved'
          ? { state: 'open' as const, openedAt: now }
          : { state: 'refused' as const, reason: 'Nothing is taken from this origin.' }),
      })
      .where(and(eq(intents.source, source), eq(intents.kind, kind), eq(intents.state, 'pending_review')))
      .returning({ id: intents.id }),
    openMarked(ports, db, mark),
    recordAudit(db, ports, {
      ...by,
      action: state === 'approved' ? 'intent_source.approve' : 'intent_source.block',
      subject: source,
      accountId: source.startsWith('account:') ? source.slice('account:'.length) : null,
      detail: { kind, note },
    }),
  ]);
  return { decided: moved.length };
}
