import * as z from 'zod';
import { listBlocks } from '#src/limits';
import { type StaffDoor, staffRoute } from '#src/staff';
import { countsSchema, shownCounts } from './shown.ts';
import { holderKinds, measures, topUse } from './top.ts';

const used = z.strictObject({ id: z.string().describe('Such as `ptr_…`.'), ...countsSchema.shape });
const block = z.strictObject({
  of: z.string().describe('`grant:…`, `app:…` or `token:…`.'),
  since: z.string(),
  until: z.string().describe('It ends by itself.'),
});

export function staffUsageRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/usage',
      id: 'listTopUsage',
      tag: 'Staff',
      summary: 'Say who calls most, is sent most, or is refused most',
      description:
        'Sums of these days (UTC), the highest first. An account is what it does itself: what apps do for it is ' +
        'under the app.',
      permission: 'usage:read',
      query: z.strictObject({
        by: z.enum(holderKinds).default('partner'),
        order: z
          .enum(measures)
          .default('units')
          .describe('`refused`: calls that a cap of ours refused; `theirs`: attempts that an endpoint did.'),
        days: z.coerce.number().int().min(1).max(31).default(1).describe('How many, today among them.'),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      answers: {
        200: { description: 'The highest.', schema: z.strictObject({ data: z.array(used) }) },
      },
      errors: ['invalid_parameter'],
    },
    async ({ ctx, query }) => {
      const rows = await topUse(ctx, query);
      return {
        status: 200,
        body: { data: rows.map(({ id, ...counts }) => ({ id, ...shownCounts(counts) })) },
      };
    },
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/blocks',
      id: 'listBlocks',
      tag: 'Staff',
      summary: 'Say who is turned away after too many refused calls',
      description:
        'The newest hundred that hold at this moment. A process tells of its own within ten seconds.',
      permission: 'usage:read',
      answers: {
        200: { description: 'The blocks.', schema: z.strictObject({ data: z.array(block) }) },
      },
    },
    async ({ ctx }) => ({
      status: 200,
      body: {
        data: (await listBlocks(ctx)).map(({ id, since, until }) => ({
          of: id,
          since: since.toISOString(),
          until: until.toISOString(),
        })),
      },
    }),
  );
}
