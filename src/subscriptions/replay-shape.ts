import * as z from 'zod';

const which = z.enum(['failed', 'missing', 'all']);

/** Of the task kind `replay`. */
export const replayPayload = z.strictObject({
  since: z.number(),
  until: z.number(),
  only: which,
  /** The subscription's newest delivery when it began: what it makes itself stands behind. */
  behind: z.int().default(0),
  /** Somebody stopped it: what has not gone out yet is taken out again. */
  isStopped: z.boolean().default(false),
});
export type ReplayPayload = z.output<typeof replayPayload>;

/** Where the last chunk stopped: in the dead of the subscription, or in the feed of one of its grants. */
export const replayCursor = z.strictObject({
  dead: z.number().default(0),
  grantsBefore: z.string().default(''),
  tx: z.number().default(-1),
  position: z.number().default(0),
  /** Events that had their delivery already. */
  there: z.int().default(0),
});
export type ReplayCursor = z.output<typeof replayCursor>;

export const shownReplay = z
  .strictObject({
    id: z.string(),
    state: z.enum(['open', 'done', 'failed', 'stopping', 'stopped']),
    done: z.int().meta({ description: 'Deliveries that were made or sent again so far.' }),
    there: z.int().meta({ description: 'Of `missing`: events that had their delivery before.' }),
    sent: z
      .strictObject({ delivered: z.int(), waiting: z.int(), dead: z.int() })
      .nullable()
      .meta({ description: 'Of `missing`: how the deliveries that it made stand now.' }),
    since: z.string(),
    until: z.string(),
    only: which,
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Replay' });
export type ShownReplay = z.output<typeof shownReplay>;
