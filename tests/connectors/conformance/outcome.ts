import type { Outcome } from '#kit';
import * as z from 'zod';
import { Unmet } from './hold.ts';

/** A word for programs, not what the vendor wrote: that may hold anything. */
const code = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}$/);
const ref = z.strictObject({
  id: z.string().min(1),
  version: z.string().optional(),
  url: z.url({ protocol: /^https$/ }).optional(),
  hash: z.string().optional(),
});

const outcome: z.ZodType<Outcome> = z.union([
  z.strictObject({
    ok: z.literal(true),
    applied: z.enum(['created', 'updated', 'unchanged', 'deleted']),
    ref: ref.optional(),
  }) as z.ZodType<Outcome>, // `exactOptionalPropertyTypes`: zod's optional takes undefined too, which JSON drops.
  z.discriminatedUnion('kind', [
    z.strictObject({
      ok: z.literal(false),
      kind: z.literal('auth'),
      next: z.enum(['refresh', 'reconnect']),
      code,
    }),
    z.strictObject({
      ok: z.literal(false),
      kind: z.literal('permanent'),
      code,
      fix: z.string().max(300).optional(),
    }),
    z.strictObject({
      ok: z.literal(false),
      kind: z.literal('transient'),
      code,
      retryAfterMs: z.number().positive().optional(),
      slow: z.enum(['call', 'connection', 'app']),
    }),
    z.strictObject({ ok: z.literal(false), kind: z.literal('unknown'), code }),
  ]) as z.ZodType<Outcome>, // As above.
]);

/** Throws where it is none: a field too many, a code that is the vendor's prose. */
export function outcomeOf(value: unknown, what: string): Outcome {
  const read = outcome.safeParse(value);
  if (read.success) return read.data;
  throw new Unmet(`${what} answers no outcome: ${JSON.stringify(value)}\n  ${z.prettifyError(read.error)}`);
}
