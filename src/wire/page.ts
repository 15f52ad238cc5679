import * as z from 'zod';
import { decodeCursor } from '#src/columns';

/** The two parameters of every list (contract: cursor pages). */
export const limitParameter = z.coerce
  .number('A whole number.')
  .int('A whole number.')
  .min(1, 'From 1 to 100.')
  .max(100, 'From 1 to 100.')
  .default(20)
  .describe('How many at most, 1 to 100.');

export const afterParameter = z
  .string()
  .max(1_024, 'This is longer than any cursor.')
  .optional()
  .describe('The `next_cursor` of the page before. Empty or absent: from the beginning.');

export const pageOf = (entry: z.ZodType, cursor: z.ZodType = z.string().nullable()) =>
  z.strictObject({
    data: z.array(entry),
    next_cursor: cursor.describe('For the next page; null when there is none.'),
  });

/** What a conditional read answers beside its 200. */
export const notModified = { description: 'What the caller has is still right (`If-None-Match`).' };

/** A cursor that holds places in a table. Throws `invalid_cursor`. */
export const decodePlace = (kind: string, text: string, count: number): number[] =>
  decodeCursor(kind, text, Array<'number'>(count).fill('number'));
