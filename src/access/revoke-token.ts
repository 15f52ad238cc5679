import { and, asc, count, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Db } from '#src/ports';
import { announceEnd } from './announce-end.ts';
import { endedTokens, endTokens } from './end-tokens.ts';
import { countEpochWrite, makerMark, markMakers, markTokens, tokenMark } from './epochs.ts';
import { receiptStatements, writeEffect } from './receipt-row.ts';
import type { Revocation, RevocationReceipt } from './revoke.ts';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;

/** Reasons after which nobody knows who has used the token: what it made stops, too. */
export const taints = (reason: string): boolean => reason === 'leaked' || reason === 'abuse';

/**
 * With reason `leaked` or `abuse` all that the token created stops too: nobody knows who made it. A refresh token ends
 * with its whole chain, before and after it (RFC 7009 §2.1), and what the chain's access tokens made counts as its own.
 * Calendar feeds end with the token that made them, whatever the reason: each is a credential, too.
 */
export async function revokeToken(ports: Needs, input: Revocation): Promise<RevocationReceipt> {
  const { store, clock } = ports;
  const { tokens, subscriptions } = store.tables;
  const [token] = await store.db
    .select({ accountId: tokens.accountId, kind: tokens.kind, chainId: tokens.chainId })
    .from(tokens)
    .where(eq(tokens.id, input.id))
    .limit(1);
  if (!token) throw new PatchbayError('not_found', { public: 'There is no such token.' });
  const isTainted = taints(input.reason);
  const dead = isTainted ? [input.id, ...(await tokensMadeBy(ports, input.id, token.accountId))] : [input.id];
  const beganTicks = clock.ticks();
  const now = clock.now();
  const about = { reason: input.reason, now };
  const rvk = input.receiptId ?? ports.ids.newId('rvk');
  const chain =
    token.kind === 'r' && token.chainId !== null
      ? { which: eq(tokens.chainId, token.chainId), ...about }
      : null;
  const withIt = chain ?? { which: eq(tokens.makerId, input.id), ...about };
  const disableMadeBy = (db: Db, isMadeBy: SQL) =>
    db
      .update(subscriptions)
      .set({
        state: 'disabled',
        stateReason: `token_${input.reason}`,
        updatedAt: now,
        version: sql`${subscriptions.version} + 1`,
      })
      .where(and(isMadeBy, sql`${subscriptions.state} <> 'deleted'`));
  const [[counted]] = await store.write((db) => [
    countEpochWrite(db, ports),
    // Before its chain: who mints by a refresh token holds its row meanwhile, and what was minted is then found.
    ...slices(dead).map((ids) =>
      db
        .update(tokens)
        .set({ revokedAt: now, revokedReason: input.reason })
        .where(and(inArray(tokens.id, ids), isNull(tokens.revokedAt))),
    ),
    ...endTokens(db, ports, withIt),
    ...markTokens(db, ports, dead, about),
    ...shredSecrets(db, ports, dead, input.id),
    ...(isTainted ? slices(dead).map((ids) => disableMadeBy(db, inArray(subscriptions.tokenId, ids))) : []),
    ...(isTainted ? slices(dead).map((ids) => markMakers(db, ports, inArray(tokens.id, ids), about)) : []),
    ...(isTainted && chain ? [markMakers(db, ports, chain.which, about)] : []),
    ...(isTainted && chain
      ? [
          disableMadeBy(
            db,
            inArray(subscriptions.tokenId, db.select({ id: tokens.id }).from(tokens).where(chain.which)),
          ),
        ]
      : []),
    // Null: what an app's token made may listen for many accounts.
    ...(isTainted ? raiseVersion(db, ports, { accountId: null }) : []),
    ...receiptStatements(db, ports, rvk, input, token.accountId),
    ...(token.accountId ? [announceEnd(db, ports, 'token.revoked', rvk, input)] : []),
    ...(input.alongside?.(db, rvk) ?? []),
  ]);
  const ended = await endedTokens(ports, withIt);
  const version = counted?.version ?? 0;
  await ports.gate.note(
    [...new Set([...dead, ...ended])].flatMap((id) => [
      ...(isTainted ? [makerMark(id, now, version)] : []),
      tokenMark(id, now, version),
    ]),
  );
  const effectMs = Math.ceil(clock.ticks() - beganTicks);
  ports.queue.wake('tasks');
  await writeEffect(ports, rvk, { effectMs, ...(await countStopped(ports, [...dead, ...ended], now)) });
  return { id: rvk, completed: false };
}

/** What senders among them sign with, those that the token made included: nothing signs by it any more. */
function shredSecrets(db: Db, { store }: Needs, ids: string[], makerId: string) {
  const { secrets, tokens } = store.tables;
  const made = db.select({ id: tokens.id }).from(tokens).where(eq(tokens.makerId, makerId));
  return [
    ...slices(ids).map((some) => db.delete(secrets).where(inArray(secrets.subscriptionId, some))),
    db.delete(secrets).where(inArray(secrets.subscriptionId, made)),
  ];
}

/** What this write, and none before it, has ended: everything that it touched carries its moment. */
async function countStopped(
  { store }: Needs,
  ids: string[],
  now: Date,
): Promise<{ tokens: number; subscriptions: number }> {
  const { tokens, subscriptions } = store.tables;
  const counted = { tokens: 0, subscriptions: 0 };
  for (const slice of slices([...new Set(ids)])) {
    const [ended] = await store.db
      .select({ n: count() })
      .from(tokens)
      .where(and(inArray(tokens.id, slice), eq(tokens.revokedAt, now)));
    const isStopped = and(eq(subscriptions.state, 'disabled'), eq(subscriptions.updatedAt, now));
    const [stopped] = await store.db
      .select({ n: count() })
      .from(subscriptions)
      .where(and(inArray(subscriptions.tokenId, slice), isStopped));
    counted.tokens += ended?.n ?? 0;
    counted.subscriptions += stopped?.n ?? 0;
  }
  return counted;
}

/** The tokens that a token made, and what those made: the audit trail remembers who made what. */
export async function tokensMadeBy(
  { store }: Pick<Needs, 'store'>,
  id: string,
  accountId: string | null,
): Promise<string[]> {
  // A service token makes no tokens, and a trail is looked up by its account.
  if (accountId === null) return [];
  const { audit } = store.tables;
  const made = await store.db
    .select({ actor: audit.actor, subject: audit.subject })
    .from(audit)
    .where(and(eq(audit.accountId, accountId), eq(audit.action, 'token.create')))
    .orderBy(asc(audit.position));
  const found = new Set([`token:${id}`]);
  // In the order of the trail a maker stands before what it made.
  for (const { actor, subject } of made) if (found.has(actor)) found.add(`token:${subject}`);
  found.delete(`token:${id}`);
  return [...found].map((actor) => actor.slice('token:'.length));
}

/** D1 binds at most 100 parameters a statement. */
const slices = (ids: string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / 90) }, (_, i) => ids.slice(i * 90, i * 90 + 90));
