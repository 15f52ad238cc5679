import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '#src/columns';
import { actorOf, type Caller, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { IntentSource } from './ask.ts';
import { type IntentRow, recordIntent } from './record.ts';

/**
 * `POST /v1/rfps`, of whoever holds `rfps:create`: an account by itself, an app for an account, an app for its partner.
 * Throws 403 where staff have blocked the origin.
 */
export async function requestRfp(
  ctx: Ctx,
  {
    externalRef,
    body,
    idempotencyKey,
  }: { externalRef: string; body: unknown; idempotencyKey: string | null },
): Promise<IntentRow> {
  const { caller, requestId } = ctx;
  const { env, accountId, userId, grantId, appId, partnerId, epochs } = caller;
  const recorded = await recordIntent(ctx, {
    kind: 'rfp.create',
    env,
    source: sourceOf(caller),
    connectionId: null,
    accountId,
    userId,
    grantId,
    appId,
    partnerId,
    epochs,
    externalRef,
    body,
    idempotencyKey,
    switchedOn: ['rfp.create'],
    actor: actorOf(caller),
    requestId,
  });
  if (recorded.outcome === 'recorded' || recorded.outcome === 'known') return recorded.intent;
  throw new PatchbayError('forbidden', {
    public: 'RFPs are not taken from this app or account any more. Support can say why.',
  });
}

function sourceOf({ appId, accountId }: Caller): IntentSource {
  if (appId !== null) return `app:${appId}`;
  if (accountId !== null) return `account:${accountId}`;
  throw new PatchbayError('forbidden', {
    public: 'This is for a token of an app or of an account.',
  });
}

export function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers.get('idempotency-key');
  if (key === null || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new PatchbayError('invalid_parameter', {
    public: 'An Idempotency-Key is 1 to 255 visible ASCII characters.',
  });
}

/** 404 for what the caller has not asked itself. */
export async function findRequest(ctx: Ctx, id: string): Promise<IntentRow> {
  const { intents } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select()
    .from(intents)
    .where(and(eq(intents.id, id), isOwn(ctx)))
    .limit(1);
  if (row) return row;
  throw new PatchbayError('not_found', { public: 'You have asked for no RFP of this id.' });
}

/** Newest first. */
export async function listRequests(
  ctx: Ctx,
  query: { after?: string | undefined; limit: number },
): Promise<{ rows: IntentRow[]; cursor: string | null }> {
  const { intents } = ctx.store.tables;
  const after = query.after ? decodeCursor('requests', query.after, ['string'])[0] : null;
  const rows = await ctx.store.db
    .select()
    .from(intents)
    .where(and(isOwn(ctx), after === null ? undefined : lt(intents.id, after)))
    .orderBy(desc(intents.id))
    .limit(query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page,
    cursor: rows.length > query.limit && last ? encodeCursor('requests', [last.id]) : null,
  };
}

/** An app sees what it asked for this account, or for its partner; an account what it asked by itself. */
function isOwn({ store, caller }: Ctx) {
  const { intents } = store.tables;
  const { env, accountId, appId } = caller;
  return and(
    eq(intents.env, env),
    eq(intents.kind, 'rfp.create'),
    appId === null ? isNull(intents.appId) : eq(intents.appId, appId),
    accountId === null ? isNull(intents.accountId) : eq(intents.accountId, accountId),
    eq(intents.source, sourceOf(caller)),
  );
}
