import * as z from 'zod';
import { eventTypes } from '#src/catalog';
import { publisherEventId } from '#src/columns';
import { quickParser } from '#src/wire';
import { exposureShape } from './exposure.ts';

/** The envelope of a published event. Wrong here: `invalid`, nothing is kept. Wrong in `data`: quarantined. */
export const eventEnvelope = z.strictObject({
  id: z
    .string()
    .regex(publisherEventId, 'An event id is evt_ and up to 100 of a-z, 0-9, _ and -.')
    .optional(),
  type: z.string().min(1).max(100),
  schema_version: z.int().min(1).max(1_000).optional(),
  occurred_at: z.iso.datetime({ offset: true, error: 'An instant as in 2026-11-21T15:04:05.000Z.' }),
  city: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,62}$/, 'A city is a lower-case name such as houston.')
    .optional(),
  subject: z.string().min(1).max(200),
  audience: z
    .array(z.string().regex(/^acc_[a-z0-9_-]{1,100}$/, 'An account id starts with acc_.'))
    .min(1)
    .max(10_000),
  exposure: exposureShape
    .optional()
    .describe('Of `rfp.broadcast` alone: to whom else it goes, with a floor for new sellers.'),
  data: z.record(z.string(), z.unknown()),
});

export type Envelope = z.output<typeof eventEnvelope>;

export const parseEnvelope = quickParser(eventEnvelope);

/** Types about the hub itself are said by the hub alone. */
export const isSystemType = (type: string): boolean => eventTypes.get(type)?.system === true;
