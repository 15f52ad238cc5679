import { and, count, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm';
import { newLocator, selfGrant } from '#src/access';
import { recordAuditIf } from '#src/audit';
import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { EpochSnapshot, Schema } from '#src/store';
import { holdRow, insertIf } from '#src/store';
import { newSenderSecret } from './sender-secrets.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'chance' | 'ids' | 'gate' | 'vault' | 'peppers'>;
export type SenderRow = Schema['tokens']['$inferSelect'];
type Owner = Pick<SenderRow, 'accountId' | 'userId' | 'grantId' | 'appId' | 'partnerId' | 'env'> & {
  epochs: EpochSnapshot;
};
type By = { actor: string; requestId: string | null };
type Maker = { id: string; expiresAt: Date | null };

export const senderScope = 'rfps:create';
const mostSenders = 20;

/**
 * Whoever signs with this secret may ask for RFPs, as its owner may, and do nothing else: a token of kind `w`, so that
 * whatever ends tokens ends it, but one that opens nothing by itself. The secret is in this answer alone.
 */
export async function makeSender(
  ports: Needs,
  { actor, requestId }: By,
  { owner, maker, label }: { owner: Owner; maker: Maker | null; label: string },
): Promise<{ row: SenderRow; secret: string }> {
  const { store, clock, ids, chance, peppers } = ports;
  const { accounts, apps, tokens, secrets } = store.tables;
  if (!(await isRoom(ports, owner))) throw tooMany();
  const id = ids.newId('tok');
  const { row: secretRow, secret } = await newSenderSecret(ports, id);
  const isMakerAlive = maker
    ? sql`exists (select 1 from ${tokens} where ${and(eq(tokens.id, maker.id), isNull(tokens.revokedAt))})`
    : sql`true`;
  const isMade = sql`exists (select 1 from ${tokens} where ${eq(tokens.id, id)})`;
  await store.write((db) => [
    owner.accountId === null ? holdRow(db, apps, owner.appId ?? '') : holdRow(db, accounts, owner.accountId),
    // Takes hold of the maker's row: a revocation of the same moment either waits, and then ends this too, or has won.
    ...(maker ? [db.update(tokens).set({ lastUsedAt: clock.now() }).where(eq(tokens.id, maker.id))] : []),
    insertIf(
      db,
      tokens,
      {
        ...owner,
        id,
        kind: 'w' as const,
        hash: id,
        pepperVersion: peppers.current,
        locator: newLocator(chance),
        label,
        makerId: maker?.id ?? null,
        scopes: [senderScope],
        createdAt: clock.now(),
        expiresAt: maker?.expiresAt ?? null,
      },
      sql`${isMakerAlive} and (select count(*) from ${tokens} where ${living(ports, owner)}) < ${mostSenders}`,
    ),
    insertIf(db, secrets, secretRow, isMade),
    recordAuditIf(
      db,
      ports,
      {
        actor,
        action: 'token.create',
        subject: id,
        accountId: owner.accountId,
        requestId,
        detail: { kind: 'w', scopes: [senderScope], env: owner.env, app: owner.appId },
      },
      isMade,
    ),
  ]);
  const [made] = await store.db.select().from(tokens).where(eq(tokens.id, id)).limit(1);
  if (!made && !(await isRoom(ports, owner))) throw tooMany();
  if (!made) throw new PatchbayError('token_revoked', { public: 'This token has been revoked.' });
  return { row: made, secret };
}

/** 403 for whoever has its access by a consent: it asks with its token, and can be asked for another. */
export function ownerOf({ kind, env, accountId, userId, grantId, appId, partnerId, epochs }: Caller): Owner {
  const isOwnAccount = kind === 'k' && accountId !== null;
  const isAppItself = kind === 'a' && appId !== null && accountId === null;
  if (isOwnAccount || isAppItself) return { env, accountId, userId, grantId, appId, partnerId, epochs };
  throw new PatchbayError('forbidden', {
    public:
      'A sender is of an account (by a personal token, or in the portal) or of an app itself (client credentials).',
  });
}

/** By an operator: of an account, under its grant to itself. */
export async function ownerByAccount(ports: Needs, accountId: string, env: 'live' | 'test'): Promise<Owner> {
  await ports.gate.freshen();
  const grantId = await selfGrant(ports, accountId, env);
  const epochs = ports.gate.snapshot({ account: accountId, grant: grantId });
  return { env, accountId, userId: null, grantId, appId: null, partnerId: null, epochs };
}

/** By an operator: of an app that may ask for RFPs. 404 where there is none. */
export async function ownerByApp({ store, gate }: Needs, appId: string): Promise<Owner> {
  const { clients } = store.tables;
  const [client] = await store.db.select().from(clients).where(eq(clients.appId, appId)).limit(1);
  if (!client) throw new PatchbayError('not_found', { public: `There is no app ${appId}.` });
  if (!client.scopes.includes(senderScope))
    throw new PatchbayError('state_conflict', { public: `This app is not registered for ${senderScope}.` });
  await gate.freshen();
  const { env, partnerId } = client;
  const epochs = { ...gate.snapshot({}), ...client.epochs };
  return { env, accountId: null, userId: null, grantId: null, appId, partnerId, epochs };
}

function living({ store, clock }: Needs, { accountId, appId, env }: Owner): SQL | undefined {
  const { tokens } = store.tables;
  return and(
    accountId === null ? eq(tokens.appId, appId ?? '') : eq(tokens.accountId, accountId),
    eq(tokens.env, env),
    eq(tokens.kind, 'w'),
    isNull(tokens.revokedAt),
    or(isNull(tokens.expiresAt), gt(tokens.expiresAt, clock.now())),
  );
}

async function isRoom(ports: Needs, owner: Owner): Promise<boolean> {
  const { tokens } = ports.store.tables;
  const [row] = await ports.store.db.select({ n: count() }).from(tokens).where(living(ports, owner));
  return (row?.n ?? 0) < mostSenders;
}

const tooMany = (): PatchbayError =>
  new PatchbayError('limit_reached', {
    public: `An account or app may have ${mostSenders} senders. Revoke one that nobody uses.`,
    retryAfterSeconds: 3_600,
  });
