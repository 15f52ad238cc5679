import type { Schema } from '#src/store';

type Row = Schema['subscriptions']['$inferSelect'];

/** A subscription as its owner sees it. The secret is not in it. */
export type ShownSubscription = ReturnType<typeof showSubscription>;

export const showSubscription = (row: Row) => ({
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
  state: row.state as 'active' | 'paused' | 'disabled',
  state_reason: row.stateReason,
  public_key: row.publicKey,
  created_by: row.tokenId,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  /** Null until the first success: until then one event a second is sent at most. */
  proven_at: row.provenAt?.toISOString() ?? null,
  failing_since: row.failingSince?.toISOString() ?? null,
});
