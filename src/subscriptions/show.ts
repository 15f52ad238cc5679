import * as z from 'zod';
import type { SubscriptionRow } from './find.ts';
import { subscriptionSpec } from './spec.ts';

const shape = subscriptionSpec.shape;

/** A subscription as its owner sees it. The secret is not in it. */
export const shownSubscription = z
  .strictObject({
    id: z.string(),
    owner: z.enum(['grant', 'app']),
    endpoint: shape.endpoint,
    event_types: shape.event_types,
    cities: z.array(z.string()),
    filter: z.unknown(),
    schema_version: z.int().nullable(),
    format: z.enum(['standard', 'cloudevents', 'secevent']),
    signature: z.enum(['v1', 'v1a']),
    ordering: z.enum(['none', 'subject']),
    max_per_second: z.int(),
    description: z.string(),
    state: z.enum(['active', 'paused', 'disabled', 'pending_approval']),
    state_reason: z.string().nullable(),
    public_key: z.string().nullable(),
    created_by: z.string().meta({ description: 'The token that made it.' }),
    created_at: z.string(),
    updated_at: z.string(),
    proven_at: z
      .string()
      .nullable()
      .meta({ description: 'The first success at this address; until then one event a second is sent.' }),
    failing_since: z.string().nullable(),
  })
  .meta({ id: 'Subscription' });
export type ShownSubscription = z.output<typeof shownSubscription>;

export const showSubscription = (row: SubscriptionRow): ShownSubscription => ({
  id: row.id,
  owner: row.owner,
  endpoint: row.endpoint,
  event_types: row.eventTypes,
  cities: row.cities,
  filter: row.filter ?? null,
  schema_version: row.schemaVersion,
  format: row.format,
  signature: row.signature,
  ordering: row.ordering,
  max_per_second: row.maxPerSecond,
  description: row.description,
  state: shownState(row),
  state_reason: row.stateReason,
  public_key: row.publicKey,
  created_by: row.tokenId,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  proven_at: row.provenAt?.toISOString() ?? null,
  failing_since: row.failingSince?.toISOString() ?? null,
});

function shownState({ state, stateReason }: SubscriptionRow): ShownSubscription['state'] {
  if (state === 'disabled' && stateReason === 'pending_approval') return 'pending_approval';
  // A deleted one is found by nobody.
  return state === 'deleted' ? 'disabled' : state;
}
