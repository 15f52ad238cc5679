import { deliveredVersion } from '#src/catalog';
import type { Candidate } from '#src/ports';
import type { EventViews } from '#src/view';
import { viewerOf } from './match.ts';

/** What would be sent, in the standard form whatever the subscription's own. */
export type Sample = Record<string, unknown>;

/** Null where the candidate's scopes do not reveal the type. */
export function sampleOf(views: EventViews, candidate: Candidate): Sample | null {
  const { event } = views;
  const { subscription, grant } = candidate;
  const data = views.data(viewerOf(candidate));
  if (data === null) return null;
  return {
    id: event.id,
    type: event.type,
    timestamp: new Date(event.occurredAtMs).toISOString(),
    schema_version: deliveredVersion(event.schemaVersion, subscription.schemaVersion ?? undefined),
    sequence: event.sequence,
    ...(event.city === null ? {} : { city: event.city }),
    ...(event.subject === '' ? {} : { subject: event.subject }),
    account: grant.accountId,
    grant: grant.id,
    subscription: subscription.id,
    data,
  };
}
