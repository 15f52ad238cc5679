import * as z from 'zod';

const reason = z.strictObject({ code: z.string(), pointer: z.string(), detail: z.string() });
const envelope = {
  id: z.string(),
  type: z.string(),
  schema_version: z.int(),
  subject: z.string(),
  sequence: z.int(),
  city: z.string().nullable(),
  occurred_at: z.string(),
  accepted_at: z.string(),
};
const brought = z.strictObject({
  deliveries: z
    .array(z.strictObject({ state: z.string(), count: z.int() }))
    .describe('By their state at this moment.'),
  matching: z.int().describe('Events whose deliveries are still being made.'),
});

export const shownKept = z.strictObject({ ...envelope, reasons: z.array(reason) });

export const shownKeptWhole = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('quarantined'),
    ...envelope,
    reasons: z.array(reason),
    now: z
      .array(reason)
      .describe('What the catalogue says of it at this moment; empty: a re-drive would be accepted.'),
    audience: z.array(z.string()),
    publisher: z.string().nullable().describe('The token that it was published by.'),
    data: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('As received. Null where people are masked: nobody has looked at what is in it.'),
  }),
  z.strictObject({ state: z.literal('accepted'), ...envelope, by: z.string(), brought }),
]);

export const shownCounts = z.strictObject({
  total: z.int(),
  at_least: z.boolean(),
  types: z.array(z.strictObject({ type: z.string(), count: z.int() })),
  reasons: z.array(
    z.strictObject({
      code: z.string(),
      pointer: z.string().describe('Where in the data; empty: the whole.'),
      count: z.int(),
    }),
  ),
  publishers: z.array(z.strictObject({ token: z.string(), label: z.string().nullable(), count: z.int() })),
});

export const shownPreview = z.strictObject({
  count: z.int(),
  at_least: z.boolean(),
  through: z.int().describe('Send it along, so that no more is taken than was counted.'),
  checked: z.int(),
  passing: z.int().describe('Of the checked, those that would be accepted now.'),
});

export const shownRedrive = z.strictObject({
  id: z.string(),
  state: z.enum(['open', 'done', 'failed']),
  env: z.enum(['live', 'test']),
  type: z.string().nullable(),
  reason: z.string().nullable(),
  publisher: z.string().nullable(),
  asked: z.int().describe('How many fitted when it began.'),
  accepted: z.int(),
  stayed: z.int().describe('Looked at, and still wrong.'),
  by: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  brought,
});
