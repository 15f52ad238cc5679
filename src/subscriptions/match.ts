import { isInert } from '#src/approvals';
import { eventTypes } from '#src/catalog';
import type { Candidate, Gate } from '#src/ports';
import type { EventViews } from '#src/view';
import { isOfAnotherGrant } from './notice.ts';

/** Why an event is not for a subscription, in the order in which it is asked. */
export type Mismatch =
  | { code: 'before_subscription' }
  | { code: 'before_consent' }
  | { code: 'audience' }
  | { code: 'type' }
  | { code: 'scope'; scope: string }
  | { code: 'city'; city: string | null }
  | { code: 'filter' }
  | { code: 'revoked' }
  | { code: 'account_ended'; status: string }
  | { code: 'pending_approval' }
  | { code: 'approval_refused' };

export type HoldReason = 'suspended' | 'account_suspended' | 'subscription_paused' | 'subscription_disabled';

export type Verdict = { send: 'now' } | { send: 'held'; reason: HoldReason } | { send: 'no'; why: Mismatch };

/** How far back: a replay that was asked for, and a dry-run, may look behind the subscription, never behind the consent. */
export type Reach = 'subscription' | 'consent';

/**
 * Whether this event goes to this candidate at this moment. Pure, and the one place that decides: publish, expansion,
 * replay, dry-run and trace all ask here, so that none of them can see more than another.
 */
export function judge(
  views: EventViews,
  candidate: Candidate,
  gate: Pick<Gate, 'standing'>,
  reach: Reach = 'subscription',
): Verdict {
  const why = mismatch(views, candidate, gate, reach);
  if (why) return { send: 'no', why };
  const reason = holdReason(candidate, gate);
  return reason ? { send: 'held', reason } : { send: 'now' };
}

/** `position` 0 is an event that is only now being accepted: later than any subscription. */
function mismatch(
  views: EventViews,
  candidate: Candidate,
  gate: Pick<Gate, 'standing'>,
  reach: Reach,
): Mismatch | null {
  const { event } = views;
  const { grant, subscription, types, cities, matchesFilter, scopes } = candidate;
  if (reach === 'subscription' && event.position > 0 && event.position <= subscription.sinceEvent)
    return { code: 'before_subscription' };
  if (event.position > 0 && !grant.history && event.position <= grant.sinceEvent)
    return { code: 'before_consent' };
  if (event.env !== subscription.env || !event.audience.includes(grant.accountId))
    return { code: 'audience' };
  if (isTestOfAnother(event, subscription.id)) return { code: 'audience' };
  if (isOfAnotherGrant(event, { appId: subscription.appId, grantId: grant.id })) return { code: 'audience' };
  if (!types.has(event.type)) return { code: 'type' };
  const scope = eventTypes.get(event.type)?.scope;
  if (!scope || !scopes.has(scope)) return { code: 'scope', scope: scope ?? '' };
  if (cities && (event.city === null || !cities.has(event.city))) return { code: 'city', city: event.city };
  if (matchesFilter) {
    const view = views.filterView(viewerOf(candidate));
    if (!view || !matchesFilter(view)) return { code: 'filter' };
  }
  if (gate.standing(subscription.epochs, grant.epochs) === 'revoked') return { code: 'revoked' };
  if (candidate.accountStatus === 'closed' || candidate.accountStatus === 'erased')
    return { code: 'account_ended', status: candidate.accountStatus };
  if (subscription.approval === 'pending') return { code: 'pending_approval' };
  if (subscription.approval === 'refused') return { code: 'approval_refused' };
  return null;
}

/** A test is for the one subscription that was tested; its subject says which. */
export const testSubject = (subscriptionId: string): string => `subscriptions/${subscriptionId}`;
const isTestOfAnother = ({ type, subject }: EventViews['event'], subscriptionId: string): boolean =>
  type === 'integration.test' &&
  subject.startsWith(testSubject('')) &&
  subject !== testSubject(subscriptionId);

/** What makes a matching event wait. Asked again before each attempt. */
export function holdReason(
  { subscription, grant, accountStatus }: Candidate,
  gate: Pick<Gate, 'standing'>,
): HoldReason | null {
  if (accountStatus === 'suspended') return 'account_suspended';
  if (gate.standing(subscription.epochs, grant.epochs) === 'suspended') return 'suspended';
  if (subscription.state === 'paused') return 'subscription_paused';
  if (subscription.state === 'disabled' || isInert(subscription)) return 'subscription_disabled';
  return null;
}

export const viewerOf = ({ scopes, viewKey, subscription }: Candidate) => ({
  scopes,
  viewKey,
  version: subscription.schemaVersion,
});
