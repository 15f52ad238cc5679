import { and, eq, inArray, ne } from 'drizzle-orm';
import { latestReviews } from '#src/access';
import type { Ports } from '#src/context';
import { below } from './below.ts';
import type { Facts } from './facts.ts';
import type { Mask } from './mask.ts';

type Needs = Pick<Ports, 'store' | 'clock'>;

const time = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Neither the token nor its hash is in it. */
export async function tokenFacts({ store, clock }: Needs, id: string): Promise<Facts | null> {
  const { tokens, subscriptions } = store.tables;
  const [row] = await store.db.select().from(tokens).where(eq(tokens.id, id)).limit(1);
  if (!row) return null;
  const isExpired = row.expiresAt !== null && row.expiresAt.getTime() <= clock.ms();
  return {
    title: row.label,
    accountId: row.accountId,
    epochs: row.epochs,
    ended: row.revokedAt
      ? { state: 'revoked', reason: row.revokedReason, at: row.revokedAt }
      : isExpired
        ? { state: 'expired', reason: null, at: row.expiresAt }
        : null,
    createdAt: row.createdAt,
    more: {
      kind: row.kind,
      env: row.env,
      locator: row.locator,
      account: row.accountId,
      user: row.userId,
      grant: row.grantId,
      app: row.appId,
      partner: row.partnerId,
      scopes: row.scopes,
      bound_to_key: row.dpopJkt !== null,
      expires_at: time(row.expiresAt),
      last_used_at: time(row.lastUsedAt),
    },
    below: {
      subscriptions: await below(
        store,
        subscriptions,
        and(eq(subscriptions.tokenId, id), ne(subscriptions.state, 'deleted')),
        subscriptions.host,
      ),
    },
  };
}

export async function grantFacts({ store }: Needs, id: string, mask: Mask): Promise<Facts | null> {
  const { grants, accounts, apps, tokens, subscriptions } = store.tables;
  const [found] = await store.db
    .select({ grant: grants, account: accounts, app: apps.name })
    .from(grants)
    .leftJoin(accounts, eq(accounts.id, grants.accountId))
    .leftJoin(apps, eq(apps.id, grants.appId))
    .where(eq(grants.id, id))
    .limit(1);
  if (!found) return null;
  const { grant, account, app } = found;
  return {
    title: `${account ? mask.account(account) : grant.accountId} → ${app ?? 'its own automation'}`,
    accountId: grant.accountId,
    epochs: grant.epochs,
    ended: grant.endedAt ? { state: 'ended', reason: null, at: grant.endedAt } : null,
    createdAt: grant.createdAt,
    more: {
      env: grant.env,
      account: grant.accountId,
      user: grant.userId,
      app: grant.appId,
      partner: grant.partnerId,
      scopes: grant.scopes,
      history: grant.history,
      ended_at: time(grant.endedAt),
      last_used_at: time(grant.lastUsedAt),
    },
    below: {
      tokens: await below(store, tokens, eq(tokens.grantId, id), tokens.label),
      subscriptions: await below(
        store,
        subscriptions,
        and(eq(subscriptions.grantId, id), ne(subscriptions.state, 'deleted')),
        subscriptions.host,
      ),
    },
  };
}

export async function appFacts({ store }: Needs, id: string): Promise<Facts | null> {
  const { apps, clients, grants, tokens, subscriptions } = store.tables;
  const [found] = await store.db
    .select({ app: apps, client: clients })
    .from(apps)
    .leftJoin(clients, eq(clients.appId, apps.id))
    .where(eq(apps.id, id))
    .limit(1);
  if (!found) return null;
  const { app, client } = found;
  return {
    title: app.name,
    accountId: null,
    epochs: client?.epochs ?? {},
    ended: null,
    createdAt: app.createdAt,
    more: {
      partner: app.partnerId,
      env: client?.env ?? null,
      kind: client?.kind ?? null,
      grant_types: client?.grantTypes ?? [],
      redirect_uris: client?.redirectUris ?? [],
      scopes: client?.scopes ?? [],
      client_uri: client?.clientUri ?? null,
      requires_push: client?.requiresPush ?? false,
      requires_dpop: client?.requiresDpop ?? false,
    },
    below: {
      grants: await below(store, grants, eq(grants.appId, id), grants.accountId),
      tokens: await below(store, tokens, eq(tokens.appId, id), tokens.label),
      subscriptions: await below(
        store,
        subscriptions,
        and(eq(subscriptions.appId, id), ne(subscriptions.state, 'deleted')),
        subscriptions.host,
      ),
    },
  };
}

export async function partnerFacts({ store }: Needs, id: string): Promise<Facts | null> {
  const { partners, apps, grants, tokens } = store.tables;
  const [row] = await store.db.select().from(partners).where(eq(partners.id, id)).limit(1);
  if (!row) return null;
  const review = (await latestReviews({ store }, [id])).get(id);
  const own = store.db.select({ id: apps.id }).from(apps).where(eq(apps.partnerId, id));
  return {
    title: row.name,
    accountId: null,
    epochs: {},
    ended: null,
    createdAt: row.createdAt,
    more: {
      plan: row.plan,
      review: review
        ? {
            outcome: review.outcome,
            scopes: review.scopes,
            until: time(review.expiresAt),
            by: review.reviewer,
            note: review.note,
            reference: review.reference,
            at: time(review.createdAt),
          }
        : null,
    },
    below: {
      apps: await below(store, apps, eq(apps.partnerId, id), apps.name),
      grants: await below(store, grants, eq(grants.partnerId, id), grants.accountId),
      tokens: await below(store, tokens, inArray(tokens.appId, own), tokens.label),
    },
  };
}
