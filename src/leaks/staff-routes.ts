import * as z from 'zod';
import { staffActor, type StaffDoor, staffRoute } from '#src/staff';
import { lookUpToken } from './look-up.ts';

const text = z.string();
const facts = z.strictObject({
  id: text,
  label: text,
  kind: z.enum(['a', 'r', 'c', 'k', 's', 'f', 'w']),
  env: z.enum(['live', 'test']),
  locator: text.describe('The eight characters after the kind: they route, and prove nothing.'),
  state: z.enum(['live', 'suspended', 'expired', 'revoked']),
  account: text.nullable(),
  user: text.nullable(),
  grant: text.nullable(),
  app: text.nullable(),
  partner: text.nullable(),
  scopes: z.array(text),
  made_by: text
    .nullable()
    .describe('`token:…`, `app:…`, `usr_…` or `cli`; null where the trail does not tell.'),
  created_at: text,
  expires_at: text.nullable(),
  last_used_at: text.nullable(),
  ends_unused_at: text.nullable(),
  revoked_at: text.nullable(),
  revoked_reason: text.nullable(),
  created: z
    .strictObject({
      tokens: z.array(text),
      subscriptions: z.array(z.strictObject({ id: text, state: text, host: text })),
    })
    .describe('What it made, at most a hundred of each.'),
});

export function tokenLookUpRoute(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/token-lookups',
      id: 'lookUpToken',
      tag: 'Staff',
      summary: 'Paste a token, or a text that holds one, and see whose it is',
      description:
        'The text is neither stored nor logged; who asked, and for which token id, is in the audit trail.',
      permission: 'tokens:lookup',
      body: z.strictObject({ token: z.string().min(1) }),
      answers: {
        200: {
          description: 'What is known of the first token in it.',
          schema: z.strictObject({
            result: z
              .enum(['malformed', 'unknown', 'known'])
              .describe(
                '`malformed`: no whole token is in it. `unknown`: it has the form, and is not of this hub.',
              ),
            token: facts.optional(),
          }),
        },
      },
    },
    async ({ ctx, body }) => ({
      status: 200,
      body: await lookUpToken(ctx, { actor: staffActor(ctx.staff), requestId: ctx.requestId }, body.token),
    }),
  );
}
