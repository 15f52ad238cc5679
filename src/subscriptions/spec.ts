import * as z from 'zod';

/** What `POST /v1/subscriptions` takes. A setting that the hub does not enforce is refused, not stored. */
export const subscriptionSpec = z.strictObject({
  owner: z.enum(['grant', 'app']).default('grant'),
  endpoint: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('webhook'), url: z.string().min(1).max(2_048) }),
    z.strictObject({
      type: z.literal('connection'),
      connection_id: z.string().min(1).max(100),
      options: z.record(z.string(), z.unknown()).default({}),
    }),
  ]),
  event_types: z.array(z.string().min(1).max(100)).min(1).max(100),
  cities: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'A city is a lower-case name such as houston.'))
    .max(100)
    .default([]),
  filter: z.unknown().optional(),
  schema_version: z.int().min(1).max(1_000).nullable().default(null),
  format: z.enum(['standard', 'cloudevents']).default('standard'),
  signature: z.enum(['v1', 'v1a']).default('v1'),
  ordering: z.enum(['none', 'subject']).default('none'),
  max_per_second: z.int().min(1).optional(),
  description: z.string().max(500).default(''),
});

export type SubscriptionSpec = z.output<typeof subscriptionSpec>;
