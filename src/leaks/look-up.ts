import { and, asc, eq, ne } from 'drizzle-orm';
import { showToken } from '#src/access';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { findTokens } from './find-tokens.ts';
import { knownTokens, type TokenRow } from './known-tokens.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'gate' | 'digest' | 'peppers' | 'settings'>;

export type LookedUp =
  /** No whole token stands in it: the form or the checksum is wrong. */
  | { result: 'malformed' }
  /** A token by its form, and not one of this installation. */
  | { result: 'unknown' }
  | { result: 'known'; token: TokenFacts };

export type TokenFacts = ReturnType<typeof showToken> & {
  /** For support, never a secret. */
  locator: string;
  user: string | null;
  partner: string | null;
  state: 'live' | 'suspended' | 'expired' | 'revoked';
  /** `token:tok_…`, `app:app_…`, `usr_…`, `cli`; null where the trail does not tell. */
  made_by: string | null;
  /** At most a hundred of each. */
  created: { tokens: string[]; subscriptions: { id: string; state: string; host: string }[] };
};

/**
 * Whose token this is, for staff who were sent one. The text stays in memory for as long as this takes: what is written
 * down is who asked, and the token's id.
 */
export async function lookUpToken(
  ports: Needs,
  by: { actor: string; requestId?: string },
  text: string,
): Promise<LookedUp> {
  const [token] = findTokens(text);
  if (token === undefined) return { result: 'malformed' };
  const row = (await knownTokens(ports, [token])).get(token);
  await ports.store.write((db) => [
    recordAudit(db, ports, {
      actor: by.actor,
      action: 'token.look_up',
      subject: row?.id ?? 'unknown',
      accountId: row?.accountId ?? null,
      requestId: by.requestId ?? null,
    }),
  ]);
  if (!row) return { result: 'unknown' };
  return {
    result: 'known',
    token: {
      ...showToken(row, ports.settings),
      locator: row.locator,
      user: row.userId,
      partner: row.partnerId,
      state: await stateOf(ports, row),
      made_by: await makerOf(ports, row),
      created: {
        tokens: await tokensMadeBy(ports, row),
        subscriptions: await subscriptionsMadeBy(ports, row),
      },
    },
  };
}

async function stateOf({ gate, clock }: Needs, row: TokenRow): Promise<TokenFacts['state']> {
  if (row.revokedAt) return 'revoked';
  const { standing } = await gate.admit({
    epochs: [row.epochs],
    token: { id: row.id, locator: row.locator },
    caps: [],
  });
  if (standing !== 'valid') return standing;
  return row.expiresAt && row.expiresAt.getTime() <= clock.ms() ? 'expired' : 'live';
}

async function makerOf({ store }: Needs, { id }: TokenRow): Promise<string | null> {
  const { audit } = store.tables;
  const [made] = await store.db
    .select({ actor: audit.actor })
    .from(audit)
    .where(and(eq(audit.subject, id), eq(audit.action, 'token.create')))
    .limit(1);
  return made?.actor ?? null;
}

/** Personal tokens make tokens, each in its own account. */
async function tokensMadeBy({ store }: Needs, { id, accountId }: TokenRow): Promise<string[]> {
  if (accountId === null) return [];
  const { audit } = store.tables;
  const made = await store.db
    .select({ id: audit.subject })
    .from(audit)
    .where(
      and(eq(audit.accountId, accountId), eq(audit.action, 'token.create'), eq(audit.actor, `token:${id}`)),
    )
    .orderBy(asc(audit.position))
    .limit(100);
  return made.map((row) => row.id);
}

function subscriptionsMadeBy({ store }: Needs, { id }: TokenRow) {
  const { subscriptions } = store.tables;
  return store.db
    .select({ id: subscriptions.id, state: subscriptions.state, host: subscriptions.host })
    .from(subscriptions)
    .where(and(eq(subscriptions.tokenId, id), ne(subscriptions.state, 'deleted')))
    .orderBy(asc(subscriptions.id))
    .limit(100);
}
