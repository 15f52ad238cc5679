import { and, eq, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { approvalFor } from '#src/approvals';
import { recordAudit } from '#src/audit';
import { readScopes } from '#src/catalog';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { ensureSetKey } from '#src/signatures';
import type { CheckedEndpoint } from './check-connection.ts';
import { checkEndpoint, checkFormat, checkRate, checkWishes } from './check.ts';
import { preconditionFailed, requireMatch } from './etag.ts';
import { changedMeanwhile, findSubscription, ownedByCaller, type SubscriptionRow } from './find.ts';
import type { SubscriptionChange } from './spec.ts';

/**
 * Checked as when it was made, by the scopes that both its maker and its changer have. Holds for what is accepted or
 * sent later: what is queued keeps its order, and goes to the new address. `ifMatch`: what an If-Match header says, or
 * the tag of the version that a page has shown; null: whatever version there is.
 */
export async function changeSubscription(
  ctx: Ctx,
  id: string,
  change: SubscriptionChange,
  ifMatch: string | null,
): Promise<SubscriptionRow> {
  const row = await findSubscription(ctx, id);
  requireMatch(ifMatch, row);
  const format = change.format ?? row.format;
  checkFormat(format, row.owner, change.event_types ?? row.eventTypes);
  if (format === 'secevent') await ensureSetKey(ctx);
  const { isForStaff = false, ...target } = await endpointSet(ctx, row, change);
  const content: Partial<SubscriptionRow> = { ...target, ...wishesSet(ctx, row, change) };
  if (Object.keys(content).length + Object.keys(restSet(ctx, change)).length === 0) return row;
  const set = { ...content, ...restSet(ctx, change), ...(await approvalSet(ctx, row, content, isForStaff)) };
  const { subscriptions } = ctx.store.tables;
  const [, , [changed]] = await ctx.store.write((db) => [
    ...raiseVersion(db, ctx, { accountId: row.accountId, subscriptionId: id }),
    db
      .update(subscriptions)
      .set({ ...set, updatedAt: ctx.clock.now(), version: sql`${subscriptions.version} + 1` })
      .where(and(eq(subscriptions.id, id), ownedByCaller(ctx), eq(subscriptions.version, row.version)))
      .returning(),
    recordAudit(db, ctx, {
      actor: actorOf(ctx.caller),
      action: 'subscription.change',
      subject: id,
      accountId: row.accountId,
      requestId: ctx.requestId,
      // The names alone: a filter or a description may hold what is personal.
      detail: { fields: Object.keys(change), host: content.host ?? row.host },
    }),
  ]);
  if (!changed) throw ifMatch === null ? changedMeanwhile() : preconditionFailed();
  await ctx.directory.freshen();
  return changed;
}

/** What was approved was what it said then: where it goes and what it wants. A change may make it wait, and frees nothing. */
async function approvalSet(
  ctx: Ctx,
  row: SubscriptionRow,
  content: Partial<SubscriptionRow>,
  isForStaff: boolean,
) {
  const names = ['endpoint', 'eventTypes', 'schemaVersion', 'filter', 'cities'] as const;
  const isOther = names.some(
    (name) => name in content && JSON.stringify(content[name]) !== JSON.stringify(row[name]),
  );
  return isOther ? approvalFor(ctx, { ...row, ...content }, row, isForStaff) : {};
}

async function endpointSet(
  ctx: Ctx,
  row: SubscriptionRow,
  { endpoint }: SubscriptionChange,
): Promise<Partial<CheckedEndpoint & Pick<SubscriptionRow, 'provenAt' | 'failingSince'>>> {
  if (!endpoint || JSON.stringify(endpoint) === JSON.stringify(row.endpoint)) return {};
  refuseDetour(ctx, row);
  const checked = await checkEndpoint(ctx, endpoint, row.owner);
  // Nobody has vouched for the new address: it begins with one event a second, like any other.
  return { ...checked, provenAt: null, failingSince: null };
}

/** Else a token that may read little could send to itself what a token that reads more had subscribed. */
function refuseDetour({ caller }: Ctx, row: SubscriptionRow): void {
  const missing = readScopes.filter((scope) => row.scopes.includes(scope) && !caller.scopes.has(scope));
  if (missing.length === 0) return;
  throw new PatchbayError('scope_missing', {
    public: `The subscription reveals what needs ${missing.join(', ')}, which this token does not have: it cannot say where that goes.`,
  });
}

function wishesSet({ caller }: Ctx, row: SubscriptionRow, change: SubscriptionChange) {
  const { event_types, cities, schema_version } = change;
  const hasFilter = 'filter' in change;
  if (!event_types && !cities && schema_version === undefined && !hasFilter) return {};
  const wishes = {
    eventTypes: event_types ?? row.eventTypes,
    schemaVersion: schema_version === undefined ? row.schemaVersion : schema_version,
    filter: hasFilter ? (change.filter ?? null) : row.filter,
  };
  checkWishes(wishes, new Set(row.scopes.filter((scope) => caller.scopes.has(scope))));
  return { ...wishes, cities: cities ?? row.cities };
}

function restSet(ctx: Ctx, { format, ordering, max_per_second, description }: SubscriptionChange) {
  if (max_per_second !== undefined) checkRate(ctx, max_per_second);
  return {
    ...(format === undefined ? {} : { format }),
    ...(ordering === undefined ? {} : { ordering }),
    ...(max_per_second === undefined ? {} : { maxPerSecond: max_per_second }),
    ...(description === undefined ? {} : { description }),
  };
}
