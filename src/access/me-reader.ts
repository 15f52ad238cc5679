import { eq } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Viewer } from '#src/view';
import { requireGrant } from './require.ts';

/**
 * Who reads, as the one view wants it: never more than the token has, and never more than its grant has at this moment.
 * Feed, reads, trace and read models all begin here.
 */
export type Reader = Viewer & {
  accountId: string;
  grantId: string;
  /** Null: the account's own automation. */
  appId: string | null;
  grantScopes: ReadonlySet<string>;
  /** Events at or before this position are not seen: they came before the consent. 0 where history was included. */
  seesAfter: number;
};

/** 403 for a token that acts for no account. */
export async function readerOf({ store, caller }: Pick<Ctx, 'store' | 'caller'>): Promise<Reader> {
  const { accountId, grantId } = requireGrant(caller);
  const { grants } = store.tables;
  const [grant] = await store.db.select().from(grants).where(eq(grants.id, grantId)).limit(1);
  // The gate has let the token in, so only a purge can have taken its grant away.
  if (!grant) throw new PatchbayError('token_revoked', { public: 'The grant behind this token has ended.' });
  const grantScopes = new Set(grant.scopes);
  const scopes = new Set([...caller.scopes].filter((scope) => grantScopes.has(scope)));
  return {
    accountId,
    grantId,
    appId: grant.appId,
    scopes,
    grantScopes,
    viewKey: [...scopes].sort().join(' '),
    version: null,
    seesAfter: grant.history ? 0 : grant.sinceEvent,
  };
}
