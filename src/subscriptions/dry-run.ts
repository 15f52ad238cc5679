import { eq } from 'drizzle-orm';
import { requireGrant } from '#src/access';
import { eventTypes } from '#src/catalog';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { withLease } from '#src/limits';
import type { Candidate, CandidateRow } from '#src/ports';
import { createViews, type EventViews } from '#src/view';
import { checkWishes } from './check.ts';
import { compileCandidate } from './compile.ts';
import { requireOwner } from './create.ts';
import { draftOf } from './draft.ts';
import { explainMismatch } from './explain.ts';
import { type FeedPlace, newestEvents } from './feed-page.ts';
import { findSubscription, type SubscriptionRow } from './find.ts';
import { judge, type Mismatch } from './match.ts';
import { type Sample, sampleOf } from './sample.ts';
import type { DryRunSpec, WishSpec } from './spec.ts';

export type DryRun = {
  examined: number;
  matched: number;
  not_sent: Partial<Record<Mismatch['code'], number>>;
  samples: { matched: Sample[]; not_matched: NotMatched[] };
};
export type NotMatched = { event_id: string; type: string; timestamp: string; code: string; why: string };

const maxSamples = 5;
const pageSize = 100;

/** What a subscription, with another filter or other types where they are given, would make of what has happened. */
export async function dryRun(ctx: Ctx, id: string, spec: DryRunSpec): Promise<DryRun> {
  requireGrant(ctx.caller);
  const row = await findSubscription(ctx, id);
  const filter = 'filter' in spec ? (spec.filter ?? null) : row.filter;
  return tryOut(ctx, { ...row, eventTypes: spec.event_types ?? row.eventTypes, filter }, spec.last);
}

/** The same for a wish that is not made, and leaves nothing behind. */
export async function dryRunWish(ctx: Ctx, { last, ...spec }: WishSpec): Promise<DryRun> {
  requireGrant(ctx.caller);
  requireOwner(ctx, spec.owner);
  const nowhere = { endpoint: { type: 'webhook' as const, url: '' }, host: '', maxPerSecond: 1 };
  const draft = draftOf(ctx, 'sub_not-made', { ...spec, ...nowhere });
  return tryOut(ctx, { ...draft, publicKey: null, sinceEvent: 0 }, last);
}

/**
 * Over the caller's own feed, by what the caller, the grant and the subscription may all three see. What the view does
 * not reveal is not even counted: a count that a filter moves would tell of it.
 */
function tryOut(ctx: Ctx, row: SubscriptionRow, last: number): Promise<DryRun> {
  const { grantId } = requireGrant(ctx.caller);
  return withLease(ctx, 'dry-run', `grant:${grantId}`, () => examineLast(ctx, row, last));
}

async function examineLast(ctx: Ctx, row: SubscriptionRow, last: number): Promise<DryRun> {
  const candidate = await candidateOf(ctx, row);
  const { grant, scopes } = candidate;
  const types = [...eventTypes.values()].filter(({ type, scope }) => scopes.has(scope) && !isTest(type));
  const wanted = {
    env: row.env,
    accountId: grant.accountId,
    types: types.map(({ type }) => type),
    after: grant.history ? 0 : grant.sinceEvent,
  };
  await ctx.gate.freshen();
  const result: DryRun = { examined: 0, matched: 0, not_sent: {}, samples: { matched: [], not_matched: [] } };
  for (let before: FeedPlace | null = null; result.examined < last;) {
    const limit = Math.min(pageSize, last - result.examined);
    const page = await newestEvents(ctx, { ...wanted, before, limit });
    for (const { event } of page) examine(ctx, result, createViews(event), candidate);
    before = page.at(-1) ?? null;
    if (page.length < limit) break;
  }
  return result;
}

/** Tests are not "real": they say nothing of what will come. */
const isTest = (type: string): boolean => type === 'integration.test';

function examine({ gate }: Ctx, result: DryRun, views: EventViews, candidate: Candidate): void {
  result.examined++;
  const verdict = judge(views, candidate, gate, 'consent');
  if (verdict.send !== 'no') {
    result.matched++;
    const sample = result.samples.matched.length < maxSamples ? sampleOf(views, candidate) : null;
    if (sample) result.samples.matched.push(sample);
    return;
  }
  const { why } = verdict;
  result.not_sent[why.code] = (result.not_sent[why.code] ?? 0) + 1;
  if (result.samples.not_matched.length >= maxSamples) return;
  result.samples.not_matched.push({
    event_id: views.event.id,
    type: views.event.type,
    timestamp: new Date(views.event.occurredAtMs).toISOString(),
    code: why.code,
    why: explainMismatch(views, candidate, why),
  });
}

/** The subscription under the caller's own grant. Throws 422 where it wants what the caller may not see. */
export async function candidateOf(ctx: Ctx, row: SubscriptionRow): Promise<Candidate> {
  const { caller } = ctx;
  const { accountStatus, grant } = await readGrant(ctx);
  const scopes = row.scopes.filter((scope) => caller.scopes.has(scope) && grant.scopes.includes(scope));
  const { eventTypes: wished, schemaVersion, filter } = row;
  checkWishes({ eventTypes: wished, schemaVersion, filter }, new Set(scopes));
  // What it would be sent, whether or not it was approved to be.
  return compileCandidate({ accountStatus, grant, subscription: { ...row, scopes, approval: null } });
}

async function readGrant({ store, caller }: Ctx): Promise<Pick<CandidateRow, 'accountStatus' | 'grant'>> {
  const { grantId } = requireGrant(caller);
  const { grants, accounts } = store.tables;
  const [found] = await store.db
    .select({ grant: grants, accountStatus: accounts.status })
    .from(grants)
    .innerJoin(accounts, eq(accounts.id, grants.accountId))
    .where(eq(grants.id, grantId))
    .limit(1);
  if (!found) throw new PatchbayError('token_revoked', { public: 'The grant behind this token has ended.' });
  const { id, accountId, scopes, epochs, sinceEvent, history } = found.grant;
  const { accountStatus } = found;
  return { accountStatus, grant: { id, accountId, scopes, epochs, sinceEvent, history } };
}
