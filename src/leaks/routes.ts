import type { Hono } from 'hono';
import * as z from 'zod';
import type { Ports } from '#src/context';
import type { Addresses } from '#src/limits';
import { type Door, mountAt, readBody, respond } from '#src/wire';
import { takeGithubReport } from './github.ts';
import { createGithubKeys } from './github-keys.ts';
import { reportLeaks } from './report.ts';

/** Who finds a token has none of ours: each call counts against the address that it comes from. */
export type LeakDoor = Pick<Door, 'app' | 'tell'> & {
  /** Throws 429. */
  enter(request: Request): Promise<Ports>;
};

const report = z
  .strictObject({
    tokens: z.array(z.string().max(500)).max(500).optional().describe('Tokens, one a string.'),
    text: z.string().optional().describe('Any text that holds some: a log, a page, a diff.'),
    url: z
      .url({ protocol: /^https?$/, error: 'An http or https URL.' })
      .max(2_048)
      .optional()
      .describe('Where it was found.'),
    contact: z.string().trim().max(320).optional().describe('Who may be asked. Kept with the case.'),
  })
  .refine(({ tokens, text }) => tokens !== undefined || text !== undefined, {
    path: ['text'],
    error: 'Send tokens or a text.',
  });

/** `POST /leak-reports`: any finder. */
export function leakRoutes(door: LeakDoor): void {
  mountAt(
    { ...door, security: [] },
    {
      method: 'post',
      path: '/leak-reports',
      id: 'reportLeak',
      tag: 'Leaks',
      summary: 'Report tokens of this hub that were found where they should not be',
      description:
        'Live ones are revoked at once, with all that they made. What is sent is not stored. The answer counts what has the form and the checksum of a token; it does not tell whether one exists.',
      body: report,
      answers: {
        202: {
          description: 'Taken.',
          schema: z.strictObject({ accepted: z.int().describe('Different well-formed tokens.') }),
        },
      },
    },
    async ({ ctx, body }) => ({ status: 202, body: await reportLeaks(ctx, body) }),
  );
}

/** GitHub's own path: signed, so it counts against an address only where the signature is wrong. */
export function githubLeakRoute(
  app: Pick<Hono, 'post'>,
  hub: Ports,
  guard: { addressOf(request: Request): string; addresses: Addresses },
): void {
  const keys = createGithubKeys(hub);
  app.post('/leak-reports/github', async ({ req: { raw: request } }) => {
    const address = guard.addressOf(request);
    guard.addresses.refuseSpent(address);
    const bytes = await readBody(request, hub.settings.maxBatchBytes);
    try {
      const feedback = await takeGithubReport(hub, keys, {
        identifier: request.headers.get('github-public-key-identifier'),
        signature: request.headers.get('github-public-key-signature'),
        bytes,
      });
      return respond({ status: 200, body: feedback });
    } catch (error) {
      guard.addresses.charge(address);
      throw error;
    }
  });
}
