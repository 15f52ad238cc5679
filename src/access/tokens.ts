import { and, eq, isNull } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import { isScope, scopeNames, type ScopeFacts, scopes } from '#src/catalog';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { findAccountById } from './accounts.ts';
import { hashToken } from './hash-token.ts';
import { newToken } from './token-format.ts';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'gate'>;

export type NewTokenInput = {
  label: string;
  env: 'live' | 'test';
  scopes: string[];
  expiresAt?: Date | null;
};
export type IssuedToken = { id: string; token: string; expiresAt: Date | null; scopes: string[] };

/** For the marketplace core itself: publishes, reads intents, tells of accounts. Bound to no account. */
export async function createServiceToken(
  ports: Needs,
  by: string,
  input: NewTokenInput,
): Promise<IssuedToken> {
  refuseScopes(input.scopes, (scope) => scope.serviceOnly);
  await ports.gate.freshen();
  return issue(ports, by, 's', input, { accountId: null, userId: null, grantId: null });
}

/**
 * For a person's own automation. It acts under the account's grant to itself, so that what it creates outlives the
 * token, and a new token takes over from an old one.
 */
export async function createPersonalToken(
  ports: Needs,
  by: string,
  input: NewTokenInput & { accountId: string; userId?: string | null },
): Promise<IssuedToken & { grantId: string }> {
  refuseScopes(input.scopes, (scope) => !scope.serviceOnly);
  await requireLiving(ports, input.accountId);
  await ports.gate.freshen();
  const grantId = await selfGrant(ports, input.accountId, input.env);
  const issued = await issue(ports, by, 'k', input, {
    accountId: input.accountId,
    userId: input.userId ?? null,
    grantId,
  });
  return { ...issued, grantId };
}

/** What closed stays closed: a new grant would open it again. */
async function requireLiving(ports: Needs, accountId: string): Promise<void> {
  const { status } = await findAccountById(ports, accountId);
  if (status === 'active' || status === 'suspended') return;
  throw new PatchbayError('state_conflict', { public: `The account is ${status}; it gets no tokens.` });
}

function refuseScopes(asked: string[], isAllowed: (scope: ScopeFacts) => boolean): void {
  const errors = asked.flatMap((name, i) => {
    if (!isScope(name)) return [{ pointer: `/scopes/${i}`, detail: `${name} is not a scope.` }];
    return isAllowed(scopes[name])
      ? []
      : [{ pointer: `/scopes/${i}`, detail: `${name} is not for this kind of token.` }];
  });
  if (asked.length === 0) errors.push({ pointer: '/scopes', detail: 'Choose at least one scope.' });
  if (errors.length > 0)
    throw new PatchbayError('validation_failed', { public: errors.map((e) => e.detail).join(' '), errors });
}

async function issue(
  ports: Needs,
  by: string,
  kind: 's' | 'k',
  input: NewTokenInput,
  owner: { accountId: string | null; userId: string | null; grantId: string | null },
): Promise<IssuedToken> {
  const { store, clock, chance, ids, peppers, gate } = ports;
  const { token, locator } = newToken(kind, input.env, chance);
  const id = ids.newId('tok');
  const epochs = gate.snapshot({
    ...(owner.accountId ? { account: owner.accountId } : {}),
    ...(owner.userId ? { user: owner.userId } : {}),
    ...(owner.grantId ? { grant: owner.grantId } : {}),
  });
  const expiresAt = input.expiresAt ?? null;
  await store.write((db) => [
    db.insert(store.tables.tokens).values({
      id,
      kind,
      env: input.env,
      hash: hashToken(ports, token),
      pepperVersion: peppers.current,
      locator,
      label: input.label,
      ...owner,
      appId: null,
      partnerId: null,
      scopes: input.scopes,
      epochs,
      createdAt: clock.now(),
      expiresAt,
    }),
    recordAudit(db, ports, {
      actor: by,
      action: 'token.create',
      subject: id,
      accountId: owner.accountId,
      detail: { kind, scopes: input.scopes, env: input.env },
    }),
  ]);
  return { id, token, expiresAt, scopes: input.scopes };
}

/** The account's consent to itself: one a environment, all scopes an account may have, history included. */
export async function selfGrant(
  ports: Pick<Needs, 'store' | 'clock' | 'ids' | 'gate'>,
  accountId: string,
  env: 'live' | 'test',
): Promise<string> {
  const { store, clock, ids, gate } = ports;
  const { grants } = store.tables;
  const isSelf = and(
    eq(grants.accountId, accountId),
    eq(grants.env, env),
    isNull(grants.appId),
    isNull(grants.endedAt),
  );
  const [found] = await store.db
    .select({ id: grants.id, epochs: grants.epochs })
    .from(grants)
    .where(isSelf)
    .limit(1);
  if (found && gate.standing(found.epochs) !== 'revoked') return found.id;
  const id = ids.newId('grt');
  await store.write((db) => [
    db.insert(grants).values({
      id,
      env,
      accountId,
      userId: null,
      appId: null,
      partnerId: null,
      scopes: scopeNames.filter((name) => !scopes[name].serviceOnly),
      epochs: gate.snapshot({ account: accountId, grant: id }),
      sinceEvent: 0,
      history: true,
      createdAt: clock.now(),
    }),
    ...raiseVersion(db, ports, { accountId }),
  ]);
  return id;
}
