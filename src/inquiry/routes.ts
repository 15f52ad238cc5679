import * as z from 'zod';
import { type StaffDoor, staffRoute } from '#src/staff';
import { auditRoutes } from './audit-routes.ts';
import { caseRoutes } from './case-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { levelPaths, levelPermissions, levels, subjectPatterns } from './levels.ts';
import { partnerRoutes } from './partner-routes.ts';
import { quarantineRoutes } from './quarantine-routes.ts';
import { lookAt } from './record.ts';
import { search } from './search.ts';
import { shownRecord } from './shown.ts';
import { waitingRoutes } from './waiting-routes.ts';

const tag = 'Staff';

/** What staff look up. Each look is on record. */
export function inquiryRoutes(door: StaffDoor): void {
  searchRoute(door);
  historyRoutes(door);
  auditRoutes(door);
  caseRoutes(door);
  quarantineRoutes(door);
  partnerRoutes(door);
  waitingRoutes(door);
  for (const level of levels) {
    staffRoute(
      door,
      {
        method: 'get',
        path: `/admin/v1/${levelPaths[level]}/{id}`,
        id: `inspect${level[0]?.toUpperCase()}${level.slice(1)}`,
        tag,
        summary: `Look at ${level === 'account' || level === 'app' ? 'an' : 'a'} ${level}: its state, who made it, what hangs below`,
        permission: levelPermissions[level],
        params: z.strictObject({ id: z.string().regex(subjectPatterns[level]) }),
        answers: { 200: { description: 'As it stands.', schema: shownRecord } },
      },
      async ({ ctx, params }) => ({ status: 200, body: await lookAt(ctx, { level, id: params.id }) }),
    );
  }
}

function searchRoute(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/search',
      id: 'searchEverything',
      tag,
      summary:
        'Find by an id, an e-mail or IP address, an endpoint’s address or host, or the beginning of a name',
      description:
        'Never a token: what stands in an address is kept by browsers and proxies, so a token is refused with 400; send it to `POST /admin/v1/token-lookups`. Only what the caller’s permissions show is found.',
      permission: 'search:read',
      query: z.strictObject({
        q: z.string().trim().min(2, 'Two characters at least.').max(300, 'At most 300 characters.'),
      }),
      answers: {
        200: {
          description: 'At most 60, of each kind at most 20.',
          schema: z.strictObject({
            read_as: z.enum(['id', 'email', 'address', 'url', 'host', 'name']),
            data: z.array(
              z.strictObject({
                kind: z.string(),
                id: z.string(),
                title: z.string(),
                matched: z.enum(['id', 'name', 'email', 'host', 'url', 'network']),
                at: z.strictObject({ level: z.enum(levels), id: z.string() }).nullable(),
              }),
            ),
          }),
        },
      },
      errors: ['invalid_parameter'],
    },
    async ({ ctx, query }) => {
      const { read, found } = await search(ctx, query.q);
      return { status: 200, body: { read_as: read.as, data: found } };
    },
  );
}
