import { and, desc, eq, isNull } from 'drizzle-orm';
import { isInert } from '#src/approvals';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { NewEvent } from '#src/ports';
import { findSubscription, type SubscriptionRow } from './find.ts';
import { testSubject } from './match.ts';
import { waits } from './pause.ts';

/**
 * One event for this subscription alone, and its delivery, in one write: matched by hand, whatever types it wants. From
 * there on it is like any other: signed, retried, listed.
 */
export async function sendTest(ctx: Ctx, id: string): Promise<{ delivery_id: string; event_id: string }> {
  const row = await findSubscription(ctx, id);
  if (isInert(row)) throw waits(row);
  if (row.state !== 'active') {
    throw new PatchbayError('state_conflict', {
      public: `The subscription is ${row.state}: a test would wait with the rest. Resume it first.`,
    });
  }
  const recipient = await recipientOf(ctx, row);
  const event = testEvent(ctx, row, recipient);
  const body = JSON.stringify({ test: id, requested_by: ctx.caller.tokenId });
  const receipt = {
    id: ctx.ids.newId('rcp'),
    tokenId: ctx.caller.tokenId,
    receivedAtMs: ctx.clock.ms(),
    body,
    idempotencyId: null,
    fingerprint: '',
  };
  await ctx.store.publish(receipt, [event]);
  await ctx.store.write((db) => [audit(ctx, db, row, event.id)]);
  ctx.queue.wake('deliveries', [id]);
  return { delivery_id: event.deliveries[0]?.id ?? '', event_id: event.id };
}

type Recipient = { grantId: string; accountId: string };

/** Under the caller's grant; an app's own token has none, so one of the newest that may hear of tests stands in. */
async function recipientOf({ store, caller }: Ctx, row: SubscriptionRow): Promise<Recipient> {
  if (caller.grantId && caller.accountId) return { grantId: caller.grantId, accountId: caller.accountId };
  const { grants } = store.tables;
  const living = await store.db
    .select({ grantId: grants.id, accountId: grants.accountId, scopes: grants.scopes })
    .from(grants)
    .where(and(eq(grants.appId, row.appId ?? ''), eq(grants.env, row.env), isNull(grants.endedAt)))
    .orderBy(desc(grants.id))
    .limit(100);
  const grant = living.find(({ scopes }) => scopes.includes('webhooks:manage'));
  if (grant) return grant;
  throw new PatchbayError('state_conflict', {
    public: 'No account has given its consent to this app yet, so there is nobody to send a test for.',
  });
}

function testEvent(ctx: Ctx, row: SubscriptionRow, { grantId, accountId }: Recipient): NewEvent {
  const nowMs = ctx.clock.ms();
  const id = ctx.ids.newId('evt');
  const subject = testSubject(row.id);
  const data = {
    subscription_id: row.id,
    sent_at: new Date(nowMs).toISOString(),
    note: 'This is a test from Patchbay. Nothing happened in the marketplace.',
  };
  return {
    id,
    env: row.env,
    type: 'integration.test',
    schemaVersion: 1,
    stream: 'trust_safety',
    occurredAtMs: nowMs,
    acceptedAtMs: nowMs,
    city: null,
    subject,
    audience: [accountId],
    dataJson: JSON.stringify(data),
    state: 'accepted',
    reasonsJson: '[]',
    fingerprint: ctx.digest.sha256(id),
    critical: false,
    entity: null,
    matchedVersion: null,
    deliveries: [
      {
        id: ctx.ids.newId('dlv'),
        subscriptionId: row.id,
        grantId,
        accountId,
        state: 'pending',
        reason: 'test',
        dueAtMs: nowMs,
        leaseId: null,
        line: row.ordering === 'subject' ? subject : null,
      },
    ],
    expandTaskId: null,
  };
}

const audit = (ctx: Ctx, db: Ctx['store']['db'], row: SubscriptionRow, eventId: string) =>
  recordAudit(db, ctx, {
    actor: actorOf(ctx.caller),
    action: 'subscription.test',
    subject: row.id,
    accountId: row.accountId,
    requestId: ctx.requestId,
    detail: { event: eventId },
  });
