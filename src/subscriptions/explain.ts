import type { Candidate } from '#src/ports';
import type { EventViews } from '#src/view';
import { compileFilter } from './filter.ts';
import { filterFields } from './fields.ts';
import { type Mismatch, viewerOf } from './match.ts';

/**
 * Why an event is not sent, in words. A filter is explained over the view that the candidate's scopes reveal, so the
 * words hold nothing that a payload would not.
 */
export function explainMismatch(views: EventViews, candidate: Candidate, why: Mismatch): string {
  const { subscription } = candidate;
  switch (why.code) {
    case 'before_subscription':
      return 'The event was accepted before the subscription was made.';
    case 'before_consent':
      return 'The event was accepted before the account gave its consent.';
    case 'audience':
      return 'The event is not for this account, or not for this subscription.';
    case 'type':
      return `${views.event.type} is not among ${subscription.eventTypes.join(', ')}.`;
    case 'scope':
      return `The type needs the scope ${why.scope}.`;
    case 'city':
      return `${why.city === null ? 'The event has no city' : `The city ${why.city} is not wanted`}; wanted is ${subscription.cities.join(', ')}.`;
    case 'filter':
      return explainFilter(views, candidate);
    case 'revoked':
      return 'The access behind the subscription has been revoked.';
    case 'account_ended':
      return `The account is ${why.status}.`;
    case 'pending_approval':
      return 'The subscription waits for approval; until then nothing is sent.';
    case 'approval_refused':
      return 'The subscription was refused approval, so nothing is sent.';
    default:
      return why satisfies never;
  }
}

function explainFilter(views: EventViews, candidate: Candidate): string {
  const view = views.filterView(viewerOf(candidate));
  if (!view) return 'The filter has nothing to look at.';
  const fields = filterFields(candidate.types, candidate.subscription.schemaVersion, null);
  return `The filter does not match: ${compileFilter(candidate.subscription.filter, fields).explain(view)}.`;
}
