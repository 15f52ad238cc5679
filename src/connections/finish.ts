/** The person is back from the vendor. */
import { and, eq } from 'drizzle-orm';
import { PatchbayError } from '#src/errors';
import { anyMember, redirectUri, spendState, verifierOf } from './connect-state.ts';
import { sealCredential } from './credential.ts';
import { type ConnectionRow, loadConnector, readConnection } from './find.ts';
import { keepLinked } from './keep-linked.ts';
import type { Needs } from './open.ts';
import { askToken } from './refresh.ts';
import { setUpConnection } from './set-up.ts';
import { requireSameAccount, whoseAccount } from './whose.ts';

export type CallbackQuery = {
  code?: string | undefined;
  state?: string | undefined;
  error?: string | undefined;
};

/**
 * The person is back. `userId`: who is signed in in this browser. The state is spent before anything is asked, and a link
 * that was given to somebody else links nothing: it must be the person who began, or the vendor account of before.
 */
export async function finishConnect(
  ports: Needs,
  query: CallbackQuery,
  userId: string | null,
): Promise<{ row: ConnectionRow; outcome: 'linked' | 'declined' }> {
  const state = await spendState(ports, query.state ?? '');
  const row = state && (await readConnection(ports, state.connectionId));
  if (!state || !row || row.state === 'revoked')
    throw new PatchbayError('not_found', {
      public: 'This authorization is over. Begin again from the connections page.',
    });
  await requirePerson(ports, state.userId, row, userId);
  const connector = await loadConnector(ports, row.connector);
  const { auth } = connector.manifest;
  if (auth.type !== 'oauth2') throw new PatchbayError('state_conflict');
  if (query.error !== undefined || query.code === undefined) return { row, outcome: 'declined' };
  const verifier = new TextDecoder().decode(await ports.vault.open(state.verifier, verifierOf(state.id)));
  const answer = await askToken(ports, row.connector, auth, {
    grant_type: 'authorization_code',
    code: query.code,
    redirect_uri: redirectUri(ports),
    ...(auth.pkce ? { code_verifier: verifier } : {}),
  });
  if (!answer.ok)
    throw new PatchbayError('vendor_unavailable', {
      public: `${connector.manifest.name} did not give us access (${answer.code}). Begin again.`,
    });
  const { issued } = answer;
  const tier = connector.manifest.tiers.find((one) => one.id === state.tier);
  const scopes = issued.scopes ?? [...(tier?.scopes ?? [])];
  const told = await whoseAccount(ports, connector, row, { ...issued, scopes });
  requireSameAccount(connector, row, told.account.id, state.userId === null);
  await keepLinked(ports, row, {
    tier: state.tier,
    scopes,
    vendorAccount: told.account.id,
    label: told.account.label,
    facts: { ...row.facts, ...told.facts },
    sealed: await sealCredential(ports, row.id, issued.credential),
    expiresAt: issued.expiresAt,
  });
  const { row: linked } = await setUpConnection(ports, connector, row.id);
  return { row: linked, outcome: 'linked' };
}

/**
 * Else whoever can send somebody an address could have that person's account linked to their own. A link that mends
 * needs nobody: it links the account of before.
 */
async function requirePerson(
  { store }: Needs,
  began: string | null,
  row: ConnectionRow,
  userId: string | null,
): Promise<void> {
  if (began === null) return;
  const { members } = store.tables;
  const isOf = and(eq(members.accountId, row.accountId), eq(members.userId, userId ?? ''));
  const isPerson =
    began === anyMember
      ? (await store.db.select({ id: members.id }).from(members).where(isOf).limit(1)).length > 0
      : began === userId;
  if (isPerson) return;
  throw new PatchbayError('forbidden', {
    public:
      began === anyMember
        ? 'Sign in to the portal as a member of the account, in this browser, and begin again.'
        : 'Somebody else began this. Sign in as the person who did, and begin again.',
  });
}
