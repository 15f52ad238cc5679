import { and, desc, eq, lt } from 'drizzle-orm';
import * as z from 'zod';
import { revoke, showToken } from '#src/access';
import { decodeCursor, encodeCursor } from '#src/columns';
import { actorOf, type Ctx, type Settings } from '#src/context';
import { PatchbayError, withoutTokens } from '#src/errors';
import { ownerOf, makeSender, type SenderRow } from './sender-make.ts';
import { rotateSenderSecret } from './sender-secrets.ts';

export const senderSpec = z.strictObject({
  label: z
    .string()
    .trim()
    .min(1, 'Give it a name.')
    .max(100, 'At most 100 letters.')
    .refine((text) => withoutTokens(text) === text, 'A token is no name.')
    .describe('What sends: your CRM, a form.'),
});

/** As its owner sees it; the secret is shown at its making, and at a rotation, alone. */
export const shownSender = z.strictObject({
  id: z.string(),
  label: z.string(),
  env: z.enum(['live', 'test']),
  url: z.string().describe('Where it posts to. Not a secret: without a signature it opens nothing.'),
  created_at: z.string(),
  made_by: z
    .string()
    .nullable()
    .describe('The token that made it, else the person, in the portal. Null: an operator.'),
  expires_at: z.string().nullable().describe('With the token that made it.'),
  last_used_at: z.string().nullable(),
  ends_unused_at: z.string().nullable().describe('When an account’s ends where nobody uses it before.'),
  revoked_at: z.string().nullable(),
  revoked_reason: z.string().nullable(),
});
export type ShownSender = z.output<typeof shownSender>;

export function showSender(row: SenderRow, settings: Settings): ShownSender {
  const shown = showToken(row, settings);
  const { id, label, env, created_at, expires_at, last_used_at, ends_unused_at } = shown;
  return {
    id,
    label,
    env,
    url: new URL(`/v1/rfps?sender=${id}`, settings.publicUrl).href,
    created_at,
    made_by: row.makerId ?? row.userId,
    expires_at,
    last_used_at,
    ends_unused_at,
    revoked_at: shown.revoked_at,
    revoked_reason: shown.revoked_reason,
  };
}

export async function createSender(
  ctx: Ctx,
  { label }: { label: string },
): Promise<ShownSender & { secret: string }> {
  const owner = ownerOf(ctx.caller);
  const by = { actor: actorOf(ctx.caller), requestId: ctx.requestId };
  const { row, secret } = await makeSender(ctx, by, { owner, maker: await readMaker(ctx), label });
  return { ...showSender(row, ctx.settings), secret };
}

/** Newest first, ended ones included. */
export async function listSenders(
  ctx: Ctx,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ data: ShownSender[]; next_cursor: string | null }> {
  const { tokens } = ctx.store.tables;
  const rows = await ctx.store.db
    .select()
    .from(tokens)
    .where(and(isOwn(ctx), after ? lt(tokens.id, decodeCursor('senders', after, ['string'])[0]) : undefined))
    .orderBy(desc(tokens.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map((row) => showSender(row, ctx.settings)),
    next_cursor: rows.length > limit && last ? encodeCursor('senders', [last.id]) : null,
  };
}

export async function rotateSender(
  ctx: Ctx,
  id: string,
  overlapMs: number,
): Promise<ShownSender & { secret: string; old_secrets_until: string }> {
  const row = await findSender(ctx, id);
  const { secret, oldUntil } = await rotateSenderSecret(
    ctx,
    { actor: actorOf(ctx.caller), requestId: ctx.requestId, accountId: row.accountId },
    { senderId: id, overlapMs },
  );
  return { ...showSender(row, ctx.settings), secret, old_secrets_until: oldUntil.toISOString() };
}

/** From now on its signature is nobody's: revoking a token destroys what it signs with. The answer is the receipt's id. */
export async function revokeSender(
  ctx: Ctx,
  id: string,
  reason: 'user' | 'leaked' | 'rotated',
): Promise<string> {
  await findSender(ctx, id);
  const { caller, requestId } = ctx;
  return (await revoke(ctx, { level: 'token', id, reason, actor: actorOf(caller), requestId })).id;
}

/** 404 for another's. */
export async function findSender(ctx: Ctx, id: string): Promise<SenderRow> {
  const row = await readSender(ctx, id);
  if (row) return row;
  throw new PatchbayError('not_found', { public: 'You have no such sender.' });
}

/** Null for another's, and for what is no sender. */
export async function readSender(ctx: Ctx, id: string): Promise<SenderRow | null> {
  const { tokens } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), isOwn(ctx)))
    .limit(1);
  return row ?? null;
}

function isOwn({ store, caller }: Ctx) {
  const { tokens } = store.tables;
  const { accountId, appId, env } = ownerOf(caller);
  const isOfOwner = accountId === null ? eq(tokens.appId, appId ?? '') : eq(tokens.accountId, accountId);
  return and(isOfOwner, eq(tokens.env, env), eq(tokens.kind, 'w'));
}

/**
 * Null for a person in a browser: what they make does not end with their session. An app's access token is gone in an
 * hour, and the app goes on: it ends its senders where it is revoked, not where it expires.
 */
async function readMaker({ store, caller }: Ctx): Promise<{ id: string; expiresAt: Date | null } | null> {
  const { tokens } = store.tables;
  const [maker] = await store.db
    .select({ id: tokens.id, kind: tokens.kind, expiresAt: tokens.expiresAt })
    .from(tokens)
    .where(eq(tokens.id, caller.tokenId))
    .limit(1);
  return maker ? { id: maker.id, expiresAt: maker.kind === 'k' ? maker.expiresAt : null } : null;
}
