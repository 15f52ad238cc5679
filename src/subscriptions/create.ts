import { and, count, eq, inArray, ne, sql } from 'drizzle-orm';
import { raiseVersion, requireGrant } from '#src/access';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { checkEndpoint, checkWishes } from './check.ts';
import { makeSigningSecret } from './secrets.ts';
import { showSubscription, type ShownSubscription } from './show.ts';
import type { SubscriptionSpec } from './spec.ts';

/**
 * A standing wish. It has the scopes of the token that makes it, and remembers which that was. Once this resolves,
 * every event that any process accepts later is matched against it: the version it raises is checked by each publish.
 * The secret is shown in this answer and never again.
 */
export async function createSubscription(
  ctx: Ctx,
  spec: SubscriptionSpec,
): Promise<ShownSubscription & ({ secret: string } | { public_key: string })> {
  const { store, clock, ids, settings, caller } = ctx;
  const { accountId, grantId } = requireGrant(caller);
  if (spec.owner === 'app' && !caller.appId) {
    throw new PatchbayError('validation_failed', {
      errors: [
        { pointer: '/owner', detail: 'Only the token of an app can make a subscription that the app owns.' },
      ],
    });
  }
  const host = checkEndpoint(ctx, spec.endpoint);
  const maxPerSecond = spec.max_per_second ?? settings.defaultMaxPerSecond;
  const filter = spec.filter ?? null;
  checkWishes(
    ctx,
    { eventTypes: spec.event_types, schemaVersion: spec.schema_version, filter, maxPerSecond },
    caller.scopes,
  );
  await refuseTooMany(ctx, accountId);

  const id = ids.newId('sub');
  const secret = await makeSigningSecret(ctx, id, spec.signature);
  const now = clock.now();
  const { subscriptions, secrets } = store.tables;
  const isApp = spec.owner === 'app';
  const written = await store.write((db) => [
    // The version first: on Postgres it waits for the publishes under way, so that the position read next is behind them.
    ...raiseVersion(db, ctx, { accountId: isApp ? null : accountId, subscriptionId: id }),
    db
      .insert(subscriptions)
      .values({
        id,
        env: caller.env,
        owner: spec.owner,
        accountId,
        grantId: isApp ? null : grantId,
        appId: caller.appId,
        partnerId: caller.partnerId,
        tokenId: caller.tokenId,
        scopes: [...caller.scopes],
        epochs: caller.epochs,
        endpoint: spec.endpoint,
        host,
        eventTypes: spec.event_types,
        cities: spec.cities,
        filter,
        schemaVersion: spec.schema_version,
        format: spec.format,
        signature: spec.signature,
        ordering: spec.ordering,
        maxPerSecond,
        description: spec.description,
        state: 'active',
        publicKey: secret.publicKey,
        sinceEvent: sql`(select coalesce(max(position), 0) from events)`,
        createdAt: now,
        updatedAt: now,
        version: 1,
      })
      .returning(),
    db.insert(secrets).values(secret.row),
    recordAudit(db, ctx, {
      actor: actorOf(caller),
      action: 'subscription.create',
      subject: id,
      accountId,
      requestId: ctx.requestId,
      detail: { host, types: spec.event_types },
    }),
  ]);
  await ctx.directory.freshen();
  return { ...showSubscription(written[2][0]!), ...secret.shown };
}

async function refuseTooMany({ store, settings }: Ctx, accountId: string): Promise<void> {
  const { subscriptions } = store.tables;
  const [row] = await store.db
    .select({ n: count() })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.accountId, accountId),
        ne(subscriptions.state, 'deleted'),
        inArray(subscriptions.owner, ['grant', 'app']),
      ),
    );
  if (row && row.n >= settings.maxSubscriptionsPerAccount) {
    throw new PatchbayError('limit_reached', {
      public: `An account may have ${settings.maxSubscriptionsPerAccount} subscriptions. Delete one, or ask for more.`,
      retryAfterSeconds: 3_600,
    });
  }
}
