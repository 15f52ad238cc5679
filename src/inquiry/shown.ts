import * as z from 'zod';
import { levels } from './levels.ts';

/** What a record of any level answers. */
export const shownStanding = z.strictObject({
  state: z.enum(['active', 'suspended', 'revoked', 'expired', 'ended', 'closed', 'erased']),
  because: z
    .strictObject({ of: z.string(), reason: z.string().nullable(), since: z.string().nullable() })
    .nullable()
    .describe('The level that makes it so.'),
  epochs: z.array(
    z.strictObject({
      of: z.string().describe('`grant:grt_…`'),
      carried: z.int().nullable().describe('What it carries; null: its own.'),
      now: z.int().describe('How often that was revoked.'),
      suspended_at: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});

export const shownBelow = z.record(
  z.string(),
  z.strictObject({
    count: z.int(),
    at_least: z.boolean().describe('There are more than were counted.'),
    newest: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  }),
);

export const shownRecord = z.strictObject({
  level: z.enum(levels),
  id: z.string(),
  title: z.string().describe('Masked, where it names a person.'),
  masked: z.boolean(),
  standing: shownStanding,
  made: z
    .strictObject({ by: z.string(), at: z.string() })
    .nullable()
    .describe('Who made it, where the trail tells: `cli`, `usr_…`, `token:tok_…`, `staff:usr_…`.'),
  created_at: z.string(),
  facts: z.record(z.string(), z.unknown()).describe('What else there is of this level.'),
  below: shownBelow,
});

export type ShownRecord = z.output<typeof shownRecord>;
