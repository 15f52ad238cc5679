import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Db, Gate, Statement } from '#src/ports';
import type { EpochLevel } from '#src/store';
import { addTask } from '#src/tasks';
import { endedTokens, endTokens } from './end-tokens.ts';
import { countEpochWrite, epochVersion, laterThanRow, markOf, markTokens, tokenMark } from './epochs.ts';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;

export const revocationLevels = [
  'token',
  'grant',
  'user',
  'app',
  'partner',
  'account',
  'installation',
] as const;
export type RevocationLevel = (typeof revocationLevels)[number];
export type Revocation = {
  level: RevocationLevel;
  id: string;
  reason: string;
  actor: string;
  requestId?: string;
  /** An epoch that was once: the new one is above it, too. Of a level other than token. */
  above?: number;
  /** Given where it must not be done twice: the second time nothing is written, and the store tells a conflict. */
  receiptId?: string;
  /** Goes into the same write. */
  alongside?: (db: Db, receiptId: string) => readonly Statement[];
};
/** A receipt: complete once what was queued is cancelled. */
export type RevocationReceipt = { id: string; completed: boolean };

/**
 * One step, whatever hangs below. A token's revocation marks its own row; every other level is one increment of an
 * epoch, which tokens, grants and subscriptions carry. What was queued is cancelled by a task in the same write; until
 * that has run, each attempt asks the gate before its first byte.
 */
export async function revoke(ports: Needs, input: Revocation): Promise<RevocationReceipt> {
  return input.level === 'token'
    ? revokeToken(ports, input)
    : raiseEpoch(ports, { ...input, level: input.level });
}

/**
 * With reason `leaked` or `abuse` all that the token created stops too: nobody knows who made it. A refresh token ends
 * with its whole chain, before and after it (RFC 7009 §2.1), and what the chain's access tokens made counts as its own.
 */
async function revokeToken(ports: Needs, input: Revocation): Promise<RevocationReceipt> {
  const { store, clock } = ports;
  const { tokens, subscriptions } = store.tables;
  const [token] = await store.db
    .select({ accountId: tokens.accountId, kind: tokens.kind, chainId: tokens.chainId })
    .from(tokens)
    .where(eq(tokens.id, input.id))
    .limit(1);
  if (!token) throw new PatchbayError('not_found', { public: 'There is no such token.' });
  const isTainted = input.reason === 'leaked' || input.reason === 'abuse';
  const dead = isTainted ? [input.id, ...(await tokensMadeBy(ports, input.id, token.accountId))] : [input.id];
  const now = clock.now();
  const rvk = input.receiptId ?? ports.ids.newId('rvk');
  const chain =
    token.kind === 'r' && token.chainId !== null
      ? { which: eq(tokens.chainId, token.chainId), reason: input.reason, now }
      : null;
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
    ...(chain ? endTokens(db, ports, chain) : []),
    ...markTokens(db, ports, dead, { reason: input.reason, now }),
    ...slices(dead).map((ids) =>
      db
        .update(tokens)
        .set({ revokedAt: now, revokedReason: input.reason })
        .where(and(inArray(tokens.id, ids), isNull(tokens.revokedAt))),
    ),
    ...(isTainted ? slices(dead).map((ids) => disableMadeBy(db, inArray(subscriptions.tokenId, ids))) : []),
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
    ...receiptStatements(db, ports, rvk, input),
    ...(token.accountId ? [announcement(db, ports, 'token.revoked', rvk, input)] : []),
    ...(input.alongside?.(db, rvk) ?? []),
  ]);
  const ended = chain ? await endedTokens(ports, chain) : [];
  await ports.gate.note([...dead, ...ended].map((id) => tokenMark(id, now, counted?.version ?? 0)));
  ports.queue.wake('tasks');
  return { id: rvk, completed: false };
}

/** The tokens that a token made, and what those made: the audit trail remembers who made what. */
async function tokensMadeBy({ store }: Needs, id: string, accountId: string | null): Promise<string[]> {
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

async function raiseEpoch(
  ports: Needs,
  input: Revocation & { level: EpochLevel },
): Promise<RevocationReceipt> {
  const { store, clock, gate, queue } = ports;
  const { epochs, grants } = store.tables;
  const now = clock.now();
  const rvk = input.receiptId ?? ports.ids.newId('rvk');
  const subjectId = input.level === 'installation' ? '' : input.id;
  const isGrant = input.level === 'grant';
  const known = Math.max(await knownValue(gate, input.level, subjectId), input.above ?? 0);
  const [, raised] = await store.write((db) => [
    countEpochWrite(db, ports),
    db
      .insert(epochs)
      .values({
        id: `${input.level}:${subjectId}`,
        level: input.level,
        subjectId,
        value: known + 1,
        reason: input.reason,
        updatedAt: now,
        version: epochVersion,
      })
      .onConflictDoUpdate({
        target: epochs.id,
        set: {
          value: sql`case when ${epochs.value} > ${known} then ${epochs.value} else ${known} end + 1`,
          reason: input.reason,
          updatedAt: laterThanRow(ports),
          version: epochVersion,
        },
      })
      .returning(),
    // An ended grant is no longer matched at all, and a new one can take its place.
    db
      .update(grants)
      .set({ endedAt: now })
      .where(and(isGrant ? eq(grants.id, input.id) : sql`false`, isNull(grants.endedAt))),
    ...raiseVersion(db, ports, { accountId: input.level === 'account' ? input.id : null }),
    ...receiptStatements(db, ports, rvk, input),
    ...(isGrant ? [announcement(db, ports, 'grant.revoked', rvk, input)] : []),
    ...(input.alongside?.(db, rvk) ?? []),
  ]);
  await gate.note(raised.map(markOf));
  queue.wake('tasks');
  return { id: rvk, completed: false };
}

/** Beside a store that was restored from a backup the fast copy may know of later revocations: go on from there. */
async function knownValue(gate: Gate, level: EpochLevel, subjectId: string): Promise<number> {
  await gate.freshen();
  return gate.snapshot({ [level]: subjectId })[level]?.[1] ?? 0;
}

const receiptStatements = (db: Db, ports: Needs, rvk: string, input: Revocation) => {
  const { revocations } = ports.store.tables;
  return [
    db.insert(revocations).values({
      id: rvk,
      level: input.level,
      subjectId: input.id,
      reason: input.reason,
      actor: input.actor,
      createdAt: ports.clock.now(),
      cancelled: 0,
    }),
    addTask(db, ports, {
      kind: 'cancel',
      subject: rvk,
      payload: { level: input.level, id: input.id, reason: input.reason },
    }),
    recordAudit(db, ports, {
      actor: input.actor,
      action: 'revoke',
      subject: `${input.level}:${input.id}`,
      requestId: input.requestId ?? null,
      detail: { reason: input.reason, receipt: rvk },
    }),
  ] as const;
};

/** The account hears of it as an event of its own. */
const announcement = (db: Db, ports: Needs, type: string, rvk: string, input: Revocation) =>
  addTask(db, ports, {
    kind: 'announce',
    subject: input.id,
    payload: { type, reason: input.reason, revocation: rvk },
  });
