import { and, eq, gt, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import { holdRow, insertIf } from '#src/store';
import type { Client } from './clients.ts';
import { invalidGrant } from './errors.ts';
import type { Authorization } from './interaction.ts';
import {
  type Holder,
  isRoom,
  mint,
  mintAccess,
  refuseTooMany,
  requireStanding,
  type TokenAnswer,
  tokenAnswer,
  tooMany,
} from './mint.ts';
import type { TokenPorts } from './needs.ts';

/** The key that was proven (RFC 9449) and the network that asks, where the host tells one; both as hashes. */
export type Asker = { jkt: string | null; network: string | null };

/**
 * The first tokens of an approved authorization, in the write that redeems it: of many that come at once, one changes
 * the state, and only its tokens are written. Null where another was first.
 */
export async function beginChain(
  ports: TokenPorts,
  client: Client,
  approved: Authorization,
  { jkt, network }: Asker,
): Promise<TokenAnswer | null> {
  const { store, clock, ids, gate, settings } = ports;
  const { authorizations, refreshes } = store.tables;
  const holder = holderOf(client, approved);
  if (gate.standing(holder.epochs) !== 'valid') throw invalidGrant('The access was revoked or is suspended.');
  const grantId = approved.grantId ?? '';
  await refuseTooMany(ports, grantId);
  const scopes = approved.granted ?? [];
  const access = mintAccess(ports, holder, scopes, jkt);
  const isPublic = client.kind === 'public';
  // RFC 9449 §5: a public client's refresh token is bound to the key; the other kind to its authentication.
  const refresh = client.grantTypes.includes('refresh_token')
    ? mint(ports, holder, 'r', {
        scopes,
        expiresAt: new Date(clock.ms() + settings.refreshIdleMs),
        dpopJkt: isPublic ? jkt : null,
      })
    : null;
  const mark = ids.newId('wrk');
  const isOurs = and(eq(authorizations.id, approved.id), eq(authorizations.mark, mark));
  const isRedeemed = sql`exists (select 1 from ${authorizations} where ${isOurs})`;
  const isOpen = and(
    eq(authorizations.id, approved.id),
    eq(authorizations.state, 'approved'),
    gt(authorizations.expiresAt, clock.now()),
  );
  const [, redeemed] = await store.write((db) => [
    holdRow(db, store.tables.grants, grantId),
    db
      .update(authorizations)
      .set({ state: 'redeemed', mark, redeemedAt: clock.now() })
      .where(and(isOpen, isRoom(ports, grantId)))
      .returning({ id: authorizations.id }),
    access.insert(db, isRedeemed),
    ...(refresh
      ? [
          refresh.insert(db, isRedeemed),
          insertIf(
            db,
            refreshes,
            {
              id: refresh.id,
              generation: 1,
              chainEndsAt: isPublic ? new Date(clock.ms() + settings.refreshChainMs) : null,
              network,
            },
            isRedeemed,
          ),
        ]
      : []),
    recordAuditIf(
      db,
      ports,
      {
        actor: `app:${client.appId}`,
        action: 'token.create',
        subject: access.id,
        accountId: approved.accountId,
        detail: { kind: 'a', scopes, grant: approved.grantId },
      },
      isRedeemed,
    ),
  ]);
  if (redeemed.length === 0) {
    const [open] = await store.db.select({ id: authorizations.id }).from(authorizations).where(isOpen);
    if (open) throw tooMany(ports);
    return null;
  }
  await requireStanding(ports, holder, refresh ? [access, refresh] : [access], null);
  const answer = tokenAnswer(ports, holder, access, scopes, jkt);
  return refresh ? { ...answer, refresh_token: refresh.token } : answer;
}

function holderOf(client: Client, { id, accountId, userId, grantId, epochs }: Authorization): Holder {
  return { client, accountId, userId, grantId, epochs: epochs ?? {}, chainId: id };
}
