import type { Ctx } from '#src/context';
import type { LeasedDelivery, NewDelivery, NewEvent, NewReceipt, PublishAnswer } from '#src/ports';
import { createViews, type EventViews } from '#src/view';
import { isBroadcast, isWithdrawal } from './broadcast.ts';
import type { Draft } from './draft.ts';
import { lookUpAudience, type Match, matchAccounts } from './match-draft.ts';

/** Enough for a set that changes all the time; then the event is written unmatched, and its task matches it. */
const maxRounds = 4;

/**
 * Matches, writes, hands over. The write is refused as stale when the set of subscriptions has moved since it was
 * read; then all of it is done again against the new set. That is what makes a 201 for a subscription a promise.
 */
export async function writeDrafts(
  ctx: Ctx,
  receipt: NewReceipt,
  drafts: readonly Draft[],
): Promise<PublishAnswer> {
  const views = drafts.map((draft) => createViews(draft.record));
  for (let round = 1; ; round++) {
    const events = round <= maxRounds ? await matched(ctx, drafts, views) : unmatched(ctx, drafts);
    const answer = await write(ctx, receipt, events);
    if (!answer.events.some((event) => event.outcome === 'stale')) {
      handOver(ctx, events, views, answer);
      return answer;
    }
    releaseAll(ctx, events);
    await ctx.directory.freshen();
  }
}

/** Fits any set: each is matched by its task, after it is accepted. Never stale. */
const unmatched = (ctx: Ctx, drafts: readonly Draft[]): NewEvent[] =>
  drafts.map(({ event }) => ({
    ...event,
    matchedVersion: null,
    expandTaskId: event.state === 'accepted' ? ctx.ids.newId('tsk') : null,
  }));

async function matched(ctx: Ctx, drafts: readonly Draft[], views: EventViews[]): Promise<NewEvent[]> {
  const open = drafts.filter((draft) => draft.event.state === 'accepted');
  await ctx.gate.freshen();
  const lookup = await lookUpAudience(
    ctx,
    open.map((draft) => draft.record),
  );
  const matchedVersion = lookup.version;
  return drafts.map((draft, i) => {
    const { event } = draft;
    if (event.state === 'quarantined') return { ...event, matchedVersion };
    if (isBroadcast(event.type) || isWithdrawal(event.type))
      return { ...event, matchedVersion, expandTaskId: ctx.ids.newId('tsk') };
    const matches = matchAccounts(
      ctx,
      lookup,
      views[i] ?? createViews(draft.record),
      event.audience,
      ctx.settings.maxMatchesAtOnce,
    );
    if (matches === null) return { ...event, matchedVersion, expandTaskId: ctx.ids.newId('tsk') };
    return { ...event, matchedVersion, deliveries: matches.map((match) => reserved(ctx, match)) };
  });
}

/** Leased from its first moment, where the sender has room for it: then nobody reads it back. */
function reserved(ctx: Ctx, { candidate, delivery }: Match): NewDelivery {
  if (delivery.state !== 'pending' || delivery.line !== null) return delivery;
  const lease = ctx.queue.reserve(candidate);
  return lease
    ? { ...delivery, state: 'leased', reason: 'leased', leaseId: lease.leaseId, dueAtMs: lease.untilMs }
    : delivery;
}

async function write(ctx: Ctx, receipt: NewReceipt, events: NewEvent[]): Promise<PublishAnswer> {
  try {
    return await ctx.store.publish(receipt, events);
  } catch (error) {
    releaseAll(ctx, events);
    throw error;
  }
}

/** What was written and leased goes on in memory; the rest is found in the store. */
function handOver(ctx: Ctx, events: NewEvent[], views: EventViews[], answer: PublishAnswer): void {
  const leased: LeasedDelivery[] = [];
  const waiting = new Set<string>();
  let hasTask = false;
  events.forEach((event, i) => {
    const written = answer.events[i];
    const view = views[i];
    if (!view || written?.outcome !== 'written') return release(ctx, event);
    // The draft's record is what deliveries are made from: now it has its place.
    Object.assign(view.event, { position: written.position, sequence: written.sequence });
    hasTask ||= event.expandTaskId !== null;
    for (const delivery of event.deliveries) {
      if (delivery.leaseId !== null) leased.push(leasedOf(delivery, delivery.leaseId, view));
      else if (delivery.state === 'pending') waiting.add(delivery.subscriptionId);
    }
  });
  if (leased.length > 0) ctx.queue.hand(leased);
  if (waiting.size > 0) ctx.queue.wake('deliveries', [...waiting]);
  if (hasTask) ctx.queue.wake('tasks');
}

const leasedOf = (delivery: NewDelivery, leaseId: string, views: EventViews): LeasedDelivery => ({
  id: delivery.id,
  leaseId,
  untilMs: delivery.dueAtMs ?? 0,
  subscriptionId: delivery.subscriptionId,
  grantId: delivery.grantId,
  accountId: delivery.accountId,
  attempts: 0,
  tries: 0,
  line: null,
  event: views.event,
});

const releaseAll = (ctx: Ctx, events: NewEvent[]) => events.forEach((event) => release(ctx, event));

function release(ctx: Ctx, event: NewEvent): void {
  for (const delivery of event.deliveries)
    if (delivery.leaseId !== null) ctx.queue.release(delivery.subscriptionId, 1);
}
