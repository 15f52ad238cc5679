import * as z from 'zod';
import { type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { behaviourOf, measures } from './behaviour.ts';
import { type Level, levelPaths, levelPermissions, levels, subjectPatterns } from './levels.ts';
import { entryKinds, timelineOf } from './timeline.ts';

const tag = 'Staff';
const isEntryKind = (name: string) => entryKinds.some((kind) => kind === name);

const entry = z.strictObject({
  kind: z.enum(entryKinds),
  at: z.string(),
  what: z.string().describe('The action, the state of a delivery, the kind of a case.'),
  actor: z.string().nullable(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

const kindsParameter = z
  .string()
  .default('deed,delivery,use,case')
  .refine((text) => text.split(',').every(isEntryKind), `Of ${entryKinds.join(', ')}, separated by commas.`)
  .transform((text) => entryKinds.filter((kind) => text.split(',').includes(kind)))
  .describe('`deed` (the audit trail), `look` (who of the staff looked), `delivery`, `use` (a day), `case`.');

/** What happened, and how it compares with before. */
export function historyRoutes(door: StaffDoor): void {
  for (const level of levels) timelineRoute(door, level);
  for (const level of ['app', 'grant', 'user', 'partner'] as const) behaviourRoute(door, level);
}

const nameOf = (level: Level): string => `${level[0]?.toUpperCase()}${level.slice(1)}`;
const idOf = (level: Level) => z.strictObject({ id: z.string().regex(subjectPatterns[level]) });

function timelineRoute(door: StaffDoor, level: Level): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: `/admin/v1/${levelPaths[level]}/{id}/timeline`,
      id: `list${nameOf(level)}Timeline`,
      tag,
      summary: `Read what happened to this ${level} and what it did, newest first`,
      description:
        'The audit trail, deliveries, days of use and cases in one order. Of an app-wide subscription the newest thousand deliveries are looked at for those of one grant.',
      permission: 'timeline:read',
      also: levelPermissions[level],
      params: idOf(level),
      query: z.strictObject({ kinds: kindsParameter, limit: limitParameter, after: afterParameter }),
      answers: { 200: { description: 'A page.', schema: pageOf(entry) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, params, query }) => ({
      status: 200,
      body: await timelineOf(ctx, { level, id: params.id }, query),
    }),
  );
}

function behaviourRoute(door: StaffDoor, level: 'app' | 'grant' | 'user' | 'partner'): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: `/admin/v1/${levelPaths[level]}/{id}/behaviour`,
      id: `get${nameOf(level)}Behaviour`,
      tag,
      summary: `Compare this ${level}’s day with its own days before`,
      description:
        'Calls, refusals and deliveries of today so far beside the median of the 14 days before (UTC), in numbers and words. For a person to judge: nothing acts on it.',
      permission: 'behaviour:read',
      also: levelPermissions[level],
      params: idOf(level),
      answers: {
        200: {
          description: 'The comparison.',
          schema: z.strictObject({
            day_share: z.number().describe('How much of the day (UTC) is over.'),
            days_known: z.int().describe('Days before today with any use, of 14.'),
            compared: z.array(
              z.strictObject({
                measure: z.enum(measures),
                now: z.int(),
                usual_by_now: z.number().describe('`usual_day` by the share of the day that is over.'),
                usual_day: z.number(),
                ratio: z.number().nullable(),
                words: z.string(),
              }),
            ),
            days: z
              .array(
                z.strictObject({
                  day: z.string(),
                  calls: z.int(),
                  refused: z.int(),
                  delivered: z.int(),
                  failed: z.int(),
                }),
              )
              .describe('What each of these 15 days had (UTC), the oldest first and today last.'),
          }),
        },
      },
    },
    async ({ ctx, params }) => ({ status: 200, body: await behaviourOf(ctx, { level, id: params.id }) }),
  );
}
