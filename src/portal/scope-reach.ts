import { eventTypes, expandTypes, fieldsOfType, isScope } from '#src/catalog';
import type { Ctx } from '#src/context';
import { countQueuedUnder } from '#src/deliveries';
import { previewRevocation } from '#src/revocations';
import { readServed } from './app-facts.ts';
import { leavesOf } from './scope-words.ts';

/** What stops when an app loses one scope. */
export type ScopeReach = {
  /** Events that no longer exist for it, and how many of its subscriptions ask for them. */
  types: string[];
  subscriptions: number;
  /** Queued deliveries of those: cancelled as their turn comes. */
  queued: number;
  /** Fields that it no longer sees in the events that go on. */
  fields: string[];
  /** Access tokens that end; the app gets new ones, without it, by itself. */
  tokens: number;
};

export async function scopeReach(ctx: Ctx, grantId: string, scope: string): Promise<ScopeReach> {
  const { grant, subscriptions } = await readServed(ctx, grantId);
  const told = [...eventTypes.values()].filter(({ type }) => isTold(grant.scopes, type));
  const types = told.filter((type) => type.scope === scope).map(({ type }) => type);
  const fields = told
    .filter((type) => type.scope !== scope)
    .flatMap(({ type, latest }) => (isScope(scope) ? leavesOf(fieldsOfType(type, latest), scope) : []));
  const asking = subscriptions.filter(({ event_types: patterns }) =>
    expandTypes(patterns).some((type) => types.includes(type)),
  );
  const [queued, { tokens }] = await Promise.all([
    countQueuedUnder(ctx, { grantId, subscriptionIds: asking.map(({ id }) => id) }, types),
    previewRevocation(ctx, { level: 'grant', id: grantId }),
  ]);
  return {
    types,
    subscriptions: asking.length,
    queued,
    fields: [...new Set(fields)],
    tokens: tokens.access,
  };
}

function isTold(scopes: readonly string[], type: string): boolean {
  const known = eventTypes.get(type);
  return known !== undefined && !known.system && scopes.includes(known.scope);
}
