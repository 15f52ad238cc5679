import * as z from 'zod';
import { actorOf } from '#src/context';
import { type Door, mount } from '#src/wire';
import { accountStatuses, setAccountStatus } from './account-status.ts';
import { type Account, accountActors, findAccountById, saveAccount } from './accounts.ts';

const oneAccount = z.strictObject({ id: z.string().regex(/^acc_[a-z0-9_-]{1,100}$/) });
const spec = z.strictObject({
  name: z.string().trim().min(1).max(200),
  kind: z.enum(['person', 'organisation']),
  actor: z.enum(accountActors).nullable().default(null).describe('The part it takes in the marketplace.'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Two capital letters (ISO 3166-1).')
    .default('US'),
  city: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,62}$/, 'A city is a lower-case name such as houston.')
    .nullable()
    .default(null),
  time_zone: z.string().max(64).default('America/Chicago').describe('A name of the IANA database.'),
});
const shown = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'organisation']),
  actor: z.string().nullable(),
  country: z.string(),
  city: z.string().nullable(),
  time_zone: z.string(),
  status: z.enum(accountStatuses),
  created_at: z.string(),
  updated_at: z.string(),
});
const tag = 'Accounts';

export const showAccount = (account: Account): z.output<typeof shown> => ({
  id: account.id,
  name: account.name,
  kind: account.kind,
  actor: account.actor,
  country: account.country,
  city: account.city,
  time_zone: account.timeZone,
  status: account.status,
  created_at: account.createdAt.toISOString(),
  updated_at: account.updatedAt.toISOString(),
});

/** For the marketplace core, which knows its people; the hub keeps what it needs of them. */
export function accountRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'put',
      path: '/v1/accounts/{id}',
      id: 'putAccount',
      tag,
      summary: 'Tell of an account, new or changed',
      description: 'The id is the marketplace’s own. Telling the same again changes nothing.',
      scope: 'accounts:write',
      params: oneAccount,
      body: spec,
      answers: {
        200: { description: 'Known before; as it is now.', schema: shown },
        201: { description: 'New.', schema: shown },
      },
      errors: ['policy_refused', 'conflict', 'state_conflict'],
    },
    async ({ ctx, params, body }) => {
      const { time_zone: timeZone, ...same } = body;
      const saved = await saveAccount(ctx, actorOf(ctx.caller), { ...same, timeZone, id: params.id });
      return { status: saved.isNew ? 201 : 200, body: showAccount(saved.account) };
    },
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/accounts/{id}',
      id: 'getAccount',
      tag,
      summary: 'Read what the hub knows of an account',
      scope: 'accounts:write',
      params: oneAccount,
      answers: { 200: { description: 'The account.', schema: shown } },
    },
    async ({ ctx, params }) => ({ status: 200, body: showAccount(await findAccountById(ctx, params.id)) }),
  );
  mount(
    door,
    {
      method: 'put',
      path: '/v1/accounts/{id}/status',
      id: 'putAccountStatus',
      tag,
      summary: 'Suspend, close or erase an account, or make it active again',
      description:
        'Suspended: calls answer 403 and deliveries wait. Closed: all access is revoked, queued deliveries are cancelled. Erased: its personal data goes too, proofs stay. Closed and erased are for good.',
      scope: 'accounts:write',
      params: oneAccount,
      body: z.strictObject({ status: z.enum(accountStatuses) }),
      answers: { 200: { description: 'As it is now.', schema: shown } },
      errors: ['state_conflict'],
    },
    async ({ ctx, params, body }) => ({
      status: 200,
      body: showAccount(await setAccountStatus(ctx, actorOf(ctx.caller), params.id, body.status)),
    }),
  );
}
