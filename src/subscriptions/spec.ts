import * as z from 'zod';

const endpoint = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('webhook'), url: z.string().min(1).max(2_048) }),
  z.strictObject({
    type: z.literal('connection'),
    connection_id: z.string().min(1).max(100),
    options: z.record(z.string(), z.unknown()).default({}),
  }),
]);
const eventTypes = z.array(z.string().min(1).max(100)).min(1).max(100);
const cities = z
  .array(z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'A city is a lower-case name such as houston.'))
  .max(100);
const schemaVersion = z.int().min(1).max(1_000).nullable();
const format = z.enum(['standard', 'cloudevents', 'secevent']).meta({
  description: '`secevent`: signed security event tokens, for `grant.revoked` and `token.revoked` of an app.',
});
const ordering = z.enum(['none', 'subject']);
const maxPerSecond = z.int().min(1);
const description = z.string().max(500);

/** What is wished for, without where it goes. */
const wish = {
  owner: z.enum(['grant', 'app']).default('grant'),
  event_types: eventTypes,
  cities: cities.default([]),
  filter: z.unknown().optional(),
  schema_version: schemaVersion.default(null),
  format: format.default('standard'),
  signature: z.enum(['v1', 'v1a']).default('v1'),
  ordering: ordering.default('none'),
  max_per_second: maxPerSecond.optional(),
  description: description.default(''),
};

/** What `POST /v1/subscriptions` takes. A setting that the hub does not enforce is refused, not stored. */
export const subscriptionSpec = z.strictObject({ ...wish, endpoint });
export type SubscriptionSpec = z.output<typeof subscriptionSpec>;

/** Neither owner nor signature: receivers were set up for them. */
export const subscriptionChange = z.strictObject({
  endpoint: endpoint.optional(),
  event_types: eventTypes.optional(),
  cities: cities.optional(),
  filter: z.unknown().optional(),
  schema_version: schemaVersion.optional(),
  format: format.optional(),
  ordering: ordering.optional(),
  max_per_second: maxPerSecond.optional(),
  description: description.optional(),
});
export type SubscriptionChange = z.output<typeof subscriptionChange>;

const last = z.int().min(1).max(1_000).default(100);
export const dryRunSpec = z.strictObject({
  last,
  event_types: eventTypes.optional(),
  filter: z.unknown().optional(),
});
export type DryRunSpec = z.output<typeof dryRunSpec>;

/** A wish that is not yet made, held against what has happened. */
export const wishSpec = z.strictObject({ ...wish, last });
export type WishSpec = z.output<typeof wishSpec>;

const instant = z.iso.datetime({ offset: true, error: 'An instant as in 2026-11-21T15:04:05.000Z.' });
export const replaySpec = z.strictObject({
  since: instant,
  until: instant.optional(),
  only: z.enum(['failed', 'missing', 'all']).default('failed'),
});
export type ReplaySpec = z.output<typeof replaySpec>;

const sevenDaysInSeconds = 7 * 24 * 3_600;
export const rotateSpec = z.strictObject({
  overlap_seconds: z.int().min(0).max(sevenDaysInSeconds).optional(),
});

export const listQuery = z.strictObject({
  state: z.enum(['active', 'paused', 'disabled', 'pending_approval']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1_024).optional(),
});
export type ListQuery = z.output<typeof listQuery>;
