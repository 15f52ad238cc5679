import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { endedTokens, endTokens } from './end-tokens.ts';
import { countEpochWrite, tokenMark } from './epochs.ts';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'gate'>;

/**
 * Leaves an app's grant these scopes and takes the others away, without linking again: deliveries and reads go by the
 * grant at once, access tokens that were given more end, and the app's next refresh gives what is left. 404 for a grant
 * of another account, 422 for more than it has or for none (that is a revocation), 409 where it changed meanwhile.
 */
export async function narrowGrant(
  ports: Needs,
  by: string,
  wish: { accountId: string; grantId: string; scopes: readonly string[] },
): Promise<void> {
  const { store, clock, gate } = ports;
  const { grants, tokens } = store.tables;
  const isTheirs = and(
    eq(grants.id, wish.grantId),
    eq(grants.accountId, wish.accountId),
    isNotNull(grants.appId),
    isNull(grants.endedAt),
  );
  const [grant] = await store.db.select().from(grants).where(isTheirs).limit(1);
  if (!grant) throw new PatchbayError('not_found', { public: 'There is no such grant.' });
  const left = grant.scopes.filter((name) => wish.scopes.includes(name));
  if (left.length === 0 || left.length !== new Set(wish.scopes).size)
    throw new PatchbayError('validation_failed', {
      public: 'Choose among the scopes that the grant has. To take all of them away, revoke it.',
    });
  const now = clock.now();
  const ending = {
    which: and(eq(tokens.grantId, grant.id), eq(tokens.kind, 'a')),
    reason: 'scopes_narrowed',
    now,
  };
  // Postgres compares no json; as text it is what was read.
  const isAsRead = sql`cast(${grants.scopes} as text) = ${JSON.stringify(grant.scopes)}`;
  const isAsLeft = sql`cast(${grants.scopes} as text) = ${JSON.stringify(left)}`;
  const [[counted], changed] = await store.write((db) => [
    countEpochWrite(db, ports),
    db.update(grants).set({ scopes: left }).where(and(isTheirs, isAsRead)).returning({ id: grants.id }),
    ...endTokens(db, ports, ending),
    ...raiseVersion(db, ports, { accountId: wish.accountId }),
    recordAuditIf(
      db,
      ports,
      {
        actor: by,
        action: 'grant.narrow',
        subject: grant.id,
        accountId: wish.accountId,
        detail: { from: grant.scopes, to: left },
      },
      sql`exists (select 1 from ${grants} where ${and(isTheirs, isAsLeft)})`,
    ),
  ]);
  const ended = await endedTokens(ports, ending);
  await gate.note(ended.map((id) => tokenMark(id, now, counted?.version ?? 0)));
  if (changed.length === 0)
    throw new PatchbayError('state_conflict', { public: 'The grant changed meanwhile. Look again.' });
}
