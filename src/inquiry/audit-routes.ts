import * as z from 'zod';
import { readAudit } from '#src/audit';
import { type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { subjectPatterns } from './levels.ts';
import { recordLook } from './look.ts';

const instant = z.iso.datetime({ offset: true, error: 'An instant as in 2026-11-21T15:04:05.000Z.' });

const entry = z.strictObject({
  position: z.int(),
  at: z.string(),
  actor: z.string().describe('`token:tok_…`, `staff:usr_…`, `usr_…`, `cli` (the operator’s shell), `hub`.'),
  action: z.string(),
  subject: z.string(),
  account: z.string().nullable(),
  request_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
});

export function auditRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/audit',
      id: 'listAudit',
      tag: 'Staff',
      summary: 'Read the audit trail, the oldest row first',
      description:
        'Every deed and every look of staff, by time. It holds ids and reasons, no names, addresses or tokens. That it was read is a row of it, too.',
      permission: 'audit:read',
      query: z.strictObject({
        since: instant.optional().describe('From here on.'),
        until: instant.optional().describe('Up to here, not included; now where it is left out.'),
        account: z
          .string()
          .regex(subjectPatterns.account, 'The id of an account.')
          .optional()
          .describe('What it did, and what was done to it and for it.'),
        limit: limitParameter,
        after: afterParameter,
      }),
      answers: { 200: { description: 'A page.', schema: pageOf(entry) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query: { since, until, account = null, limit, after } }) => {
      const window = {
        since: since === undefined ? null : new Date(since),
        until: until === undefined ? ctx.clock.now() : new Date(until),
        account,
      };
      const page = await readAudit(ctx, window, { limit, after });
      await recordLook(ctx, {
        action: 'look.audit',
        subject: 'audit',
        accountId: account,
        detail: { since: since ?? null, until: until ?? null },
      });
      return { status: 200, body: page };
    },
  );
}
