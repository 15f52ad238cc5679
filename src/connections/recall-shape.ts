import * as z from 'zod';

const left = z.strictObject({ key: z.string(), why: z.string() });
export const cursorShape = z.strictObject({
  after: z.string(),
  recalled: z.int(),
  left: z.array(left),
  leftCount: z.int(),
});
export type Cursor = z.output<typeof cursorShape>;
export const begin: Cursor = { after: '', recalled: 0, left: [], leftCount: 0 };

export const shownRecall = z
  .strictObject({
    id: z.string(),
    state: z.enum(['open', 'done', 'failed']),
    recalled: z.int(),
    left_count: z.int(),
    left: z.array(left).describe('What is still there, and what to do about it; the first 500.'),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Recall' });
export type ShownRecall = z.output<typeof shownRecall>;
