import type { Ctx } from '#src/context';
import type { Candidate, EventRecord, Lookup, NewDelivery } from '#src/ports';
import { judge } from '#src/subscriptions';
import type { EventViews } from '#src/view';

type Needs = Pick<Ctx, 'gate' | 'ids'>;

/** Everybody who may listen to these events; read in one set where it is not in memory. */
export async function lookUpAudience(
  ctx: Pick<Ctx, 'directory'>,
  records: readonly EventRecord[],
): Promise<Lookup> {
  const env = records[0]?.env ?? 'live';
  const accountIds = [...new Set(records.flatMap((record) => record.audience))];
  return ctx.directory.known(env, accountIds) ?? (await ctx.directory.load(env, accountIds));
}

export type Match = { candidate: Candidate; delivery: NewDelivery };

/** Whom one event goes to among these accounts, or null where there are more than `most`. Reserves nothing. */
export function matchAccounts(
  ctx: Needs,
  lookup: Lookup,
  views: EventViews,
  accountIds: readonly string[],
  most: number,
): Match[] | null {
  const matches: Match[] = [];
  for (const accountId of accountIds) {
    for (const candidate of lookup.of(accountId)) {
      const verdict = judge(views, candidate, ctx.gate);
      if (verdict.send === 'no') continue;
      if (matches.length === most) return null;
      matches.push({
        candidate,
        delivery: deliveryOf(ctx, views.event, candidate, verdict.send === 'held' ? verdict.reason : null),
      });
    }
  }
  return matches;
}

export function deliveryOf(
  ctx: Pick<Ctx, 'ids'>,
  event: EventRecord,
  { grant, subscription }: Candidate,
  held: string | null,
): NewDelivery {
  return {
    id: ctx.ids.newId('dlv'),
    subscriptionId: subscription.id,
    grantId: grant.id,
    accountId: grant.accountId,
    state: held ? 'held' : 'pending',
    reason: held ?? 'accepted',
    dueAtMs: held ? null : event.acceptedAtMs,
    leaseId: null,
    line: subscription.ordering === 'subject' ? event.subject : null,
  };
}
