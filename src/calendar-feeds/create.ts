import { and, count, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm';
import { hashToken, newToken, requireGrant } from '#src/access';
import { recordAuditIf } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { holdRow, insertIf } from '#src/store';
import { contactScope, scope, showFeed, type ShownFeed } from './show.ts';

export type FeedSpec = {
  /** The calendar's name where it is subscribed to. */
  label: string;
  /** With the people behind the bookings. */
  contact: boolean;
};
export type CreatedFeed = ShownFeed & { url: string };

const mostFeeds = 50;

/**
 * A calendar of the account's bookings, behind an address that is its own credential: a token of kind `f`, which opens
 * this calendar and nothing else. It shows no more than its maker sees and lives no longer; the address is in this answer
 * alone. 403 for an app: it has its consent, and webhooks.
 */
export async function createFeed(ctx: Ctx, { label, contact }: FeedSpec): Promise<CreatedFeed> {
  const { store, caller, ids, chance, clock, peppers, settings } = ctx;
  const { accountId, grantId } = requireGrant(caller);
  if (caller.kind !== 'k') {
    throw new PatchbayError('forbidden', {
      public: 'A calendar feed is made by its account: in the portal, or by a personal token.',
    });
  }
  if (contact) requireContact(ctx);
  if (!(await isRoom(ctx, accountId))) throw tooMany();
  const maker = await readMaker(ctx);
  const { accounts, tokens } = store.tables;
  const { token, locator } = newToken('f', caller.env, chance);
  const id = ids.newId('tok');
  const row = {
    id,
    kind: 'f' as const,
    env: caller.env,
    hash: hashToken(ctx, token),
    pepperVersion: peppers.current,
    locator,
    label,
    accountId,
    userId: caller.userId,
    grantId,
    makerId: maker?.id ?? null,
    scopes: contact ? [scope, contactScope] : [scope],
    epochs: caller.epochs,
    createdAt: clock.now(),
    expiresAt: maker?.expiresAt ?? null,
  };
  const isMakerAlive = maker
    ? sql`exists (select 1 from ${tokens} where ${and(eq(tokens.id, maker.id), isNull(tokens.revokedAt))})`
    : sql`true`;
  await store.write((db) => [
    holdRow(db, accounts, accountId),
    // Takes hold of the maker's row: a revocation of the same moment either waits, and then ends this too, or has won.
    ...(maker ? [db.update(tokens).set({ lastUsedAt: clock.now() }).where(eq(tokens.id, maker.id))] : []),
    insertIf(
      db,
      tokens,
      row,
      sql`${isMakerAlive} and (select count(*) from ${tokens} where ${living(ctx, accountId)}) < ${mostFeeds}`,
    ),
    recordAuditIf(
      db,
      ctx,
      {
        actor: actorOf(caller),
        action: 'token.create',
        subject: id,
        accountId,
        requestId: ctx.requestId,
        detail: { kind: row.kind, scopes: row.scopes, env: row.env },
      },
      sql`exists (select 1 from ${tokens} where ${eq(tokens.id, id)})`,
    ),
  ]);
  const [made] = await store.db.select().from(tokens).where(eq(tokens.id, id)).limit(1);
  if (!made && !(await isRoom(ctx, accountId))) throw tooMany();
  if (!made) throw new PatchbayError('token_revoked', { public: 'This token has been revoked.' });
  return { ...showFeed(made, settings), url: new URL(`/calendar/${token}.ics`, settings.publicUrl).href };
}

function requireContact({ caller }: Ctx): void {
  if (caller.scopes.has(contactScope)) return;
  const detail = `This token does not have ${contactScope}, so it cannot give it.`;
  throw new PatchbayError('validation_failed', {
    public: detail,
    errors: [{ pointer: '/contact', detail }],
  });
}

function living({ store, clock }: Ctx, accountId: string): SQL | undefined {
  const { tokens } = store.tables;
  return and(
    eq(tokens.accountId, accountId),
    eq(tokens.kind, 'f'),
    isNull(tokens.revokedAt),
    or(isNull(tokens.expiresAt), gt(tokens.expiresAt, clock.now())),
  );
}

async function isRoom(ctx: Ctx, accountId: string): Promise<boolean> {
  const { tokens } = ctx.store.tables;
  const [row] = await ctx.store.db.select({ n: count() }).from(tokens).where(living(ctx, accountId));
  return (row?.n ?? 0) < mostFeeds;
}

const tooMany = (): PatchbayError =>
  new PatchbayError('limit_reached', {
    public: `An account may have ${mostFeeds} calendar feeds. Revoke one that nobody uses.`,
    retryAfterSeconds: 3_600,
  });

/** Null for a person in a browser: what they make does not end with their session. */
async function readMaker({ store, caller }: Ctx): Promise<{ id: string; expiresAt: Date | null } | null> {
  const { tokens } = store.tables;
  const [maker] = await store.db
    .select({ id: tokens.id, expiresAt: tokens.expiresAt })
    .from(tokens)
    .where(eq(tokens.id, caller.tokenId))
    .limit(1);
  return maker ?? null;
}
