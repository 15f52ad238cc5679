import { and, asc, eq, inArray, min } from 'drizzle-orm';
import { requireGrant } from '#src/access';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { createSubscription, deleteSubscription, subscriptionSpec } from '#src/subscriptions';

export type Hook = { targetUrl: string; event: string };

/**
 * A subscription under the caller's grant, in the standard form. Asked again for the same address and event it is the
 * same hook: what is pushed twice, Zapier runs twice (only what it polls is compared by id).
 */
export async function subscribeHook(ctx: Ctx, hook: Hook): Promise<string> {
  const known = await firstSame(ctx, hook);
  if (known) return known;
  const spec = subscriptionSpec.parse({
    endpoint: { type: 'webhook', url: hook.targetUrl },
    event_types: [hook.event],
  });
  const { row } = await createSubscription(ctx, spec, 'hook').catch((error: unknown) => {
    throw inWordsOfHook(error);
  });
  // Of two that were asked for at once both look, and the one that was written first stays.
  const first = await firstSame(ctx, hook);
  if (!first || first === row.id) return row.id;
  await deleteSubscription(ctx, row.id);
  return first;
}

/** Gone is what the caller wants, so a hook that has ended already is answered alike. 404 for one that was never its own. */
export async function unsubscribeHook(ctx: Ctx, id: string): Promise<void> {
  const { subscriptions } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select({ state: subscriptions.state })
    .from(subscriptions)
    .where(and(eq(subscriptions.id, id), ofCaller(ctx)))
    .limit(1);
  if (!row) throw new PatchbayError('not_found', { public: `There is no hook ${id}.` });
  if (row.state === 'deleted') return;
  await deleteSubscription(ctx, id).catch((error: unknown) => {
    if (!(error instanceof PatchbayError && error.code === 'not_found')) throw error;
  });
}

/** One that sends, or will: what the hub has disabled is not what is asked for. */
async function firstSame(ctx: Ctx, { targetUrl, event }: Hook): Promise<string | undefined> {
  const { subscriptions } = ctx.store.tables;
  const verdict = ctx.http.inspect(targetUrl);
  if (!verdict.ok) return undefined;
  const rows = await ctx.store.db
    .select()
    .from(subscriptions)
    .where(and(ofCaller(ctx), eq(subscriptions.host, verdict.host)))
    .orderBy(asc(subscriptions.id));
  const same = rows.filter(
    ({ state, approval, endpoint, eventTypes }) =>
      (state === 'active' || state === 'paused' || (state === 'disabled' && approval === 'pending')) &&
      endpoint.type === 'webhook' &&
      endpoint.url === targetUrl &&
      eventTypes.join(' ') === event,
  );
  return same.length < 2
    ? same[0]?.id
    : firstWritten(
        ctx,
        same.map(({ id }) => id),
      );
}

/**
 * Ids of two processes do not tell who was first, and who was first may have looked before the other was there. The
 * number that every new subscription raises does: its writers wait for each other.
 */
async function firstWritten({ store }: Ctx, ids: string[]): Promise<string | undefined> {
  const { changes } = store.tables;
  const rows = await store.db
    .select({ id: changes.subscriptionId, version: min(changes.version) })
    .from(changes)
    .where(inArray(changes.subscriptionId, ids))
    .groupBy(changes.subscriptionId);
  const versionOf = (id: string): number => rows.find((row) => row.id === id)?.version ?? 0;
  return ids.toSorted((a, b) => versionOf(a) - versionOf(b))[0];
}

function ofCaller({ store, caller }: Ctx) {
  const { subscriptions } = store.tables;
  const { accountId, grantId } = requireGrant(caller);
  return and(
    eq(subscriptions.via, 'hook'),
    eq(subscriptions.env, caller.env),
    eq(subscriptions.accountId, accountId),
    eq(subscriptions.grantId, grantId),
  );
}

const names: Record<string, string> = { '/endpoint/url': '/targetUrl', '/event_types/0': '/event' };

/** What is wrong is said of the fields that were sent. */
export function inWordsOfHook(error: unknown): unknown {
  if (!(error instanceof PatchbayError) || !error.errors) return error;
  const { code, publicText, errors } = error;
  return new PatchbayError(code, {
    public: publicText,
    errors: errors.map(({ pointer, detail }) => ({ pointer: names[pointer] ?? pointer, detail })),
    cause: error,
  });
}
