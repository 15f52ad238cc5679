import { and, count, eq, ne, type SQL, sql } from 'drizzle-orm';
import { raiseVersion, requireGrant } from '#src/access';
import { approvalFor } from '#src/approvals';
import { recordAuditIf } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { ensureSetKey } from '#src/signatures';
import { insertIf } from '#src/store';
import { checkEndpoint, checkFormat, checkRate, checkWishes } from './check.ts';
import { draftOf } from './draft.ts';
import type { SubscriptionRow } from './find.ts';
import { makeSigningSecret } from './secrets.ts';
import { showSubscription, type ShownSubscription } from './show.ts';
import type { SubscriptionSpec } from './spec.ts';

export type CreatedSubscription = ShownSubscription & ({ secret: string } | { public_key: string });

/**
 * A standing wish. It has the scopes of the token that makes it, and remembers which that was. Once this resolves,
 * every event that any process accepts later is matched against it: the version it raises is checked by each publish.
 * The secret is shown in this answer and never again.
 */
export async function createSubscription(
  ctx: Ctx,
  spec: SubscriptionSpec,
  via: SubscriptionRow['via'] = null,
): Promise<{ row: SubscriptionRow; shown: CreatedSubscription }> {
  const { store, ids, settings, caller } = ctx;
  requireOwner(ctx, spec.owner);
  const { host, endpoint, isForStaff } = await checkEndpoint(ctx, spec.endpoint, spec.owner);
  const maxPerSecond = spec.max_per_second ?? settings.defaultMaxPerSecond;
  checkRate(ctx, maxPerSecond);
  checkWishes(
    { eventTypes: spec.event_types, schemaVersion: spec.schema_version, filter: spec.filter },
    caller.scopes,
  );
  checkFormat(spec.format, spec.owner, spec.event_types);
  // Most are told here, where it costs a read; of rivals the WHERE below decides.
  if (!(await isRoom(ctx, spec.owner))) throw tooMany(ctx, spec.owner);
  if (spec.format === 'secevent') await ensureSetKey(ctx);

  const id = ids.newId('sub');
  const secret = await makeSigningSecret(ctx, id, spec.signature);
  const wish = draftOf(ctx, id, { ...spec, endpoint, host, maxPerSecond });
  const draft = { ...wish, via, ...(await approvalFor(ctx, wish, wish, isForStaff)) };
  const { subscriptions, secrets } = store.tables;
  const isMade = sql`exists (select 1 from ${subscriptions} where ${eq(subscriptions.id, id)})`;
  const [, , [row]] = await store.write((db) => [
    // The version first: on Postgres it waits for the publishes under way, so that the position read next is behind them.
    ...raiseVersion(db, ctx, { accountId: draft.accountId, subscriptionId: id }),
    insertIf(
      db,
      subscriptions,
      {
        ...draft,
        publicKey: secret.publicKey,
        sinceEvent: sql`(select coalesce(max(position), 0) from events)`,
      },
      sql`(select count(*) from ${subscriptions} where ${living(ctx, spec.owner)}) < ${settings.maxSubscriptionsPerAccount}`,
    ).returning(),
    insertIf(db, secrets, secret.row, isMade),
    recordAuditIf(
      db,
      ctx,
      {
        actor: actorOf(caller),
        action: 'subscription.create',
        subject: id,
        accountId: draft.accountId,
        requestId: ctx.requestId,
        detail: { host, types: spec.event_types },
      },
      isMade,
    ),
  ]);
  if (!row) throw tooMany(ctx, spec.owner);
  await ctx.directory.freshen();
  return { row, shown: { ...showSubscription(row), ...secret.shown } };
}

/** Also for a wish that is only tried: who could not make it may not try it. */
export function requireOwner({ caller }: Pick<Ctx, 'caller'>, owner: 'grant' | 'app'): void {
  if (owner === 'grant') return void requireGrant(caller);
  if (caller.appId) return;
  const detail = 'Only the token of an app can make a subscription that the app owns.';
  throw new PatchbayError('validation_failed', { public: detail, errors: [{ pointer: '/owner', detail }] });
}

/** What the owner has already, and the limit counts. */
function living({ store, caller }: Ctx, owner: 'grant' | 'app'): SQL | undefined {
  const { subscriptions } = store.tables;
  const ofOwner =
    owner === 'app'
      ? eq(subscriptions.appId, caller.appId ?? '')
      : eq(subscriptions.accountId, caller.accountId ?? '');
  return and(ofOwner, eq(subscriptions.owner, owner), ne(subscriptions.state, 'deleted'));
}

async function isRoom(ctx: Ctx, owner: 'grant' | 'app'): Promise<boolean> {
  const { subscriptions } = ctx.store.tables;
  const [row] = await ctx.store.db.select({ n: count() }).from(subscriptions).where(living(ctx, owner));
  return (row?.n ?? 0) < ctx.settings.maxSubscriptionsPerAccount;
}

const tooMany = ({ settings }: Ctx, owner: 'grant' | 'app'): PatchbayError =>
  new PatchbayError('limit_reached', {
    public: `${owner === 'app' ? 'An app' : 'An account'} may have ${settings.maxSubscriptionsPerAccount} subscriptions. Delete one, or ask for more.`,
    retryAfterSeconds: 3_600,
  });
