import { eq } from 'drizzle-orm';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { revoke } from './revoke.ts';
import { createPersonalToken, type IssuedToken } from './tokens.ts';

export type TokenWish = { label: string; scopes: string[]; expiresAt: Date | null };

/**
 * A personal token made by a personal token: never with more scopes, never for longer. Where its maker is revoked at the
 * same moment, either the revocation finds the new token, or it is taken back here.
 */
export async function mintToken(ctx: Ctx, wish: TokenWish): Promise<IssuedToken> {
  const { caller } = ctx;
  if (caller.kind !== 'k' || caller.accountId === null) {
    throw new PatchbayError('forbidden', {
      public: 'Only a personal token can make another; an app gets its tokens by OAuth.',
    });
  }
  refuseMore(ctx, wish);
  const maker = await readToken(ctx);
  const issued = await createPersonalToken(ctx, actorOf(caller), {
    label: wish.label,
    env: caller.env,
    scopes: wish.scopes,
    expiresAt: earlier(wish.expiresAt, maker?.expiresAt ?? null),
    accountId: caller.accountId,
    userId: caller.userId,
  });
  const after = await readToken(ctx);
  if (after && !after.revokedAt) return issued;
  const reason = after?.revokedReason ?? 'revoked';
  await revoke(ctx, { level: 'token', id: issued.id, reason, actor: actorOf(caller) });
  throw new PatchbayError('token_revoked', { public: 'This token has been revoked.' });
}

function refuseMore({ caller, clock }: Ctx, { scopes, expiresAt }: TokenWish): void {
  const errors = scopes.flatMap((scope, i) =>
    caller.scopes.has(scope)
      ? []
      : [{ pointer: `/scopes/${i}`, detail: `This token does not have ${scope}, so it cannot give it.` }],
  );
  if (expiresAt && expiresAt.getTime() <= clock.ms())
    errors.push({ pointer: '/expires_at', detail: 'This moment has passed.' });
  if (errors.length > 0)
    throw new PatchbayError('validation_failed', { public: errors.map((e) => e.detail).join(' '), errors });
}

async function readToken({ store, caller }: Ctx) {
  const { tokens } = store.tables;
  const [row] = await store.db.select().from(tokens).where(eq(tokens.id, caller.tokenId)).limit(1);
  return row;
}

/** Null is never. */
function earlier(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b;
  return a < b ? a : b;
}
