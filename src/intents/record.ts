/**
 * How anything comes in: a request for an RFP, a button in Slack, a decline in a calendar, a stage in a CRM. Nothing of
 * it changes the marketplace. What its origin was not approved for waits for staff; all else is open at once, which puts
 * it into the feed that the core reads.
 */
import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Db } from '#src/ports';
import { insertIf, type Schema } from '#src/store';
import type { IntentAsk } from './ask.ts';
import { spendIntent } from './caps.ts';
import { type IntentData, readIntent, subjectOfIntent } from './kinds.ts';
import { openMarked } from './open.ts';
import { sourceId } from './sources.ts';

type Needs = Pick<Ports, 'store' | 'gate' | 'http' | 'clock' | 'ids' | 'digest' | 'settings' | 'meter'>;
export type IntentRow = Schema['intents']['$inferSelect'];

/** `known`: the same was asked before; the row is as it stands now. */
export type Recorded =
  | { outcome: 'recorded' | 'known'; intent: IntentRow }
  /** Its account, or its connection, has not switched this kind on. */
  | { outcome: 'off' }
  /** Staff have blocked the origin; its account does not see what it is about; its access has ended. */
  | { outcome: 'refused'; why: 'source_blocked' | 'unknown_subject' | 'access_ended' };

/**
 * Durable once it resolves. Throws 422 for a body that is not what the kind says, 409 where the reference or the
 * Idempotency-Key was used for something else, 429 (with Retry-After) past the caps.
 */
export async function recordIntent(ports: Needs, ask: IntentAsk): Promise<Recorded> {
  if (!ask.switchedOn.includes(ask.kind)) return { outcome: 'off' };
  const data = readIntent(ports, ask.kind, ask.body);
  const wanted = keysOf(ports, ask, data);
  const before = await findKnown(ports, wanted);
  if (before) return before;
  if (!(await seesSubject(ports, ask, data))) return { outcome: 'refused', why: 'unknown_subject' };
  if ((await spendIntent(ports, ask)) !== 'valid') return { outcome: 'refused', why: 'access_ended' };

  const id = ports.ids.newId('int');
  const intent = await write(ports, ask, { id, data, ...wanted });
  if (intent) {
    ports.meter.count('intents', { kind: ask.kind, state: intent.state });
    return { outcome: 'recorded', intent };
  }
  // Another call was faster, or staff have blocked the origin.
  return (await findKnown(ports, wanted)) ?? { outcome: 'refused', why: 'source_blocked' };
}

type Wanted = Pick<IntentRow, 'kind' | 'externalRef' | 'refKey' | 'idempotencyKey' | 'fingerprint'>;

function keysOf({ digest }: Pick<Needs, 'digest'>, ask: IntentAsk, data: IntentData): Wanted {
  const { env, source, accountId, connectionId, kind, externalRef, idempotencyKey } = ask;
  if (externalRef.length < 1 || externalRef.length > 200)
    throw new PatchbayError('validation_failed', {
      errors: [{ pointer: '/external_ref', detail: 'From 1 to 200 characters.' }],
    });
  const asker = `${env} ${source} ${accountId ?? ''} ${connectionId ?? ''}`;
  return {
    kind,
    externalRef,
    refKey: `${asker} ${kind} ${externalRef}`,
    idempotencyKey: idempotencyKey === null ? null : `${asker} ${idempotencyKey}`,
    fingerprint: digest.sha256(JSON.stringify([kind, externalRef, data])),
  };
}

/** Throws 409 where one of the keys stands for something else. */
async function findKnown({ store }: Pick<Needs, 'store'>, wanted: Wanted): Promise<Recorded | null> {
  const { intents } = store.tables;
  const { refKey, idempotencyKey, fingerprint } = wanted;
  const rows = await store.db
    .select()
    .from(intents)
    .where(
      or(
        eq(intents.refKey, refKey),
        idempotencyKey === null ? undefined : eq(intents.idempotencyKey, idempotencyKey),
      ),
    )
    .limit(2);
  if (
    rows.some(
      (row) =>
        row.idempotencyKey === idempotencyKey && row.fingerprint !== fingerprint && idempotencyKey !== null,
    )
  )
    throw new PatchbayError('idempotency_conflict', {
      public: 'This Idempotency-Key was used before with another body. Nothing was recorded.',
    });
  const [known] = rows;
  if (!known) return null;
  if (known.fingerprint === fingerprint) return { outcome: 'known', intent: known };
  throw new PatchbayError('conflict', {
    public: `This external_ref was used before for something else (${known.id}). Nothing was recorded.`,
    errors: [{ pointer: '/external_ref', detail: 'It stands for something else.' }],
  });
}

/** Nobody answers for a booking that their account is no party to; whoever may not see it learns not that it is there. */
async function seesSubject(
  { store }: Pick<Needs, 'store'>,
  ask: IntentAsk,
  data: IntentData,
): Promise<boolean> {
  const subject = subjectOfIntent(data);
  if (!subject) return true;
  const { entityAccounts } = store.tables;
  const rows = await store.db
    .select({ id: entityAccounts.id })
    .from(entityAccounts)
    .where(eq(entityAccounts.id, `${ask.accountId ?? ''}:${ask.env}:${subject.kind}:${subject.id}`))
    .limit(1);
  return rows.length > 0;
}

/** Null where nothing was written. */
async function write(
  ports: Needs,
  ask: IntentAsk,
  made: Wanted & { id: string; data: IntentData },
): Promise<IntentRow | null> {
  const { store, clock, settings } = ports;
  const { intents, intentSources } = store.tables;
  const source = sourceId(ask.source, ask.kind);
  const now = clock.now();
  const isSource = (state: string): SQL =>
    sql`exists (select 1 from ${intentSources} where ${and(eq(intentSources.id, source), sql`${intentSources.state} = ${state}`)})`;
  const isMade = sql`exists (select 1 from ${intents} where ${eq(intents.id, made.id)})`;
  const [, , , , rows] = await store.write((db) => [
    noteSource(ports, db, ask, source),
    insertIf(
      db,
      intents,
      {
        ...made,
        env: ask.env,
        source: ask.source,
        connectionId: ask.connectionId,
        accountId: ask.accountId,
        userId: ask.userId,
        grantId: ask.grantId,
        appId: ask.appId,
        partnerId: ask.partnerId,
        state: sql`case when ${isSource('approved')} then 'open' else 'pending_review' end`,
        openedAt: sql`case when ${isSource('approved')} then cast(${clock.ms()} as bigint) end`,
        mark: made.id,
        createdAt: now,
        updatedAt: now,
        expiresAt: new Date(now.getTime() + settings.intentMs),
      },
      sql`not ${isSource('blocked')}`,
    ).onConflictDoNothing(),
    openMarked(ports, db, made.id),
    recordAuditIf(
      db,
      ports,
      {
        actor: ask.actor,
        action: 'intent.record',
        subject: made.id,
        accountId: ask.accountId,
        requestId: ask.requestId,
        detail: { kind: ask.kind, source: ask.source },
      },
      isMade,
    ),
    db.select().from(intents).where(eq(intents.id, made.id)),
  ]);
  return rows[0] ?? null;
}

/**
 * Also where it is known: the row is held until this write ends, so that an approval at the same moment either sees this
 * intent or is seen by it.
 */
const noteSource = ({ store, clock }: Needs, db: Db, { source, kind }: IntentAsk, id: string) => {
  const { intentSources } = store.tables;
  const now = clock.now();
  return db
    .insert(intentSources)
    .values({ id, source, kind, state: 'pending', note: '', createdAt: now, updatedAt: now })
    .onConflictDoUpdate({ target: intentSources.id, set: { kind } });
};
