import { and, desc, eq, inArray, isNotNull, isNull, lt, max } from 'drizzle-orm';
import { decodeCursor } from '#src/columns';
import { actorOf, type Caller, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';
import { grantEndsAt } from './disuse.ts';
import { pageOfRows, type Page } from './list-tokens.ts';
import { narrowGrant } from './narrow-grant.ts';
import { requireGrant } from './require.ts';
import { type Review, standingReviews } from './reviews.ts';

type Asking = Pick<Ctx, 'store' | 'caller' | 'gate' | 'settings' | 'clock'>;
export type GrantRow = Schema['grants']['$inferSelect'];
export type ShownGrant = ReturnType<typeof shown>;
type Named = { grant: GrantRow; appName: string | null; partnerName: string | null };

/** The consents of the caller's account, newest first, ended ones included. An app sees its own alone. */
export async function listGrants(
  ctx: Asking,
  page: Page & { ofApps?: boolean; isEnded?: boolean | undefined },
): Promise<{ data: ShownGrant[]; next_cursor: string | null }> {
  const { grants } = ctx.store.tables;
  const rows = await readNamed(
    ctx,
    and(
      page.after ? lt(grants.id, decodeCursor('grants', page.after, ['string'])[0]) : undefined,
      page.ofApps ? isNotNull(grants.appId) : undefined,
      page.isEnded === undefined
        ? undefined
        : page.isEnded
          ? isNotNull(grants.endedAt)
          : isNull(grants.endedAt),
    ),
    page.limit + 1,
  );
  const known = await factsOf(ctx, rows.slice(0, page.limit));
  return pageOfRows(
    'grants',
    rows.map((row) => ({ ...row, id: row.grant.id })),
    page,
    (row) => shown(ctx, row, known),
  );
}

/** 404 where it is another's. */
export async function showGrant(ctx: Asking, id: string): Promise<ShownGrant> {
  const [row] = await readNamed(ctx, eq(ctx.store.tables.grants.id, id), 1);
  if (!row) throw new PatchbayError('not_found');
  return shown(ctx, row, await factsOf(ctx, [row]));
}

/** 404 where it is another's. */
export async function findGrant(ctx: Pick<Ctx, 'store' | 'caller'>, id: string): Promise<GrantRow> {
  const [row] = await readNamed(ctx, eq(ctx.store.tables.grants.id, id), 1);
  if (!row) throw new PatchbayError('not_found');
  return row.grant;
}

/** Leaves a grant of the caller's account these scopes. Throws as `narrowGrant`, and 403 for the account's own. */
export async function narrowOwnGrant(ctx: Ctx, id: string, scopes: readonly string[]): Promise<ShownGrant> {
  const grant = await findGrant(ctx, id);
  if (grant.appId === null)
    throw new PatchbayError('forbidden', {
      public: 'This is the account’s own automation. Each of its tokens has scopes of its own: revoke those.',
    });
  await narrowGrant(ctx, actorOf(ctx.caller), { accountId: grant.accountId, grantId: id, scopes });
  return showGrant(ctx, id);
}

function readNamed(
  { store, caller }: Pick<Ctx, 'store' | 'caller'>,
  which: ReturnType<typeof and>,
  limit: number,
): Promise<Named[]> {
  const { grants, apps, partners } = store.tables;
  return store.db
    .select({ grant: grants, appName: apps.name, partnerName: partners.name })
    .from(grants)
    .leftJoin(apps, eq(apps.id, grants.appId))
    .leftJoin(partners, eq(partners.id, grants.partnerId))
    .where(and(ownGrants(store.tables, caller), which))
    .orderBy(desc(grants.id))
    .limit(limit);
}

function ownGrants({ grants }: Schema, caller: Caller) {
  const { accountId, grantId } = requireGrant(caller);
  const isOfAccount = and(eq(grants.accountId, accountId), eq(grants.env, caller.env));
  return caller.appId ? and(isOfAccount, eq(grants.id, grantId)) : isOfAccount;
}

type Facts = {
  /** By partner; none where nobody has verified it. */
  reviews: ReadonlyMap<string, Review>;
  lastUsed: ReadonlyMap<string, Date | null>;
};

async function factsOf(ports: Asking, rows: readonly Named[]): Promise<Facts> {
  const { store, gate } = ports;
  await gate.freshen();
  const { tokens } = store.tables;
  const partnerIds = [...new Set(rows.flatMap(({ grant }) => grant.partnerId ?? []))];
  const grantIds = rows.map(({ grant }) => grant.id);
  const [reviews, used] = await Promise.all([
    standingReviews(ports, partnerIds),
    grantIds.length === 0
      ? []
      : store.db
          .select({ grantId: tokens.grantId, at: max(tokens.lastUsedAt) })
          .from(tokens)
          .where(inArray(tokens.grantId, grantIds))
          .groupBy(tokens.grantId),
  ]);
  return { reviews, lastUsed: new Map(used.map(({ grantId, at }) => [grantId ?? '', at])) };
}

const shown = (
  { gate, settings }: Pick<Ctx, 'gate' | 'settings'>,
  { grant, appName, partnerName }: Named,
  { reviews, lastUsed }: Facts,
) => ({
  id: grant.id,
  /** Null: the account's own automation. */
  app: grant.appId,
  app_name: appName,
  partner: grant.partnerId,
  partner_name: partnerName,
  partner_verified: grant.partnerId === null ? null : reviews.has(grant.partnerId),
  env: grant.env,
  scopes: grant.scopes,
  history: grant.history,
  state: stateOf(gate, grant),
  created_at: grant.createdAt.toISOString(),
  last_used_at: lastUsed.get(grant.id)?.toISOString() ?? null,
  ends_unused_at: grantEndsAt(grant, settings)?.toISOString() ?? null,
  ended_at: grant.endedAt?.toISOString() ?? null,
});

function stateOf(gate: Ctx['gate'], { endedAt, epochs }: GrantRow): 'active' | 'suspended' | 'ended' {
  if (endedAt) return 'ended';
  const standing = gate.standing(epochs);
  if (standing === 'valid') return 'active';
  return standing === 'suspended' ? 'suspended' : 'ended';
}
