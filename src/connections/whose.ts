/** Whose account a fresh credential is: what the token answer says, else what the vendor says when it is asked with it. */
import type { Connected, Connector } from '#kit';
import { PatchbayError } from '#src/errors';
import type { Credential } from './credential.ts';
import type { ConnectionRow } from './find.ts';
import { createVendorLimits } from './limits.ts';
import { contextOf, type Needs } from './open.ts';

type Issued = { credential: Credential; scopes: string[]; rest: Readonly<Record<string, unknown>> };

export async function whoseAccount(
  ports: Needs,
  connector: Connector,
  row: ConnectionRow,
  issued: Issued,
): Promise<Connected> {
  const told = connector.connected?.(issued.rest) ?? {
    account: { id: '', label: connector.manifest.name },
    facts: {},
  };
  if (told.account.id !== '') return told;
  const fresh = {
    ...row,
    facts: { ...row.facts, ...told.facts },
    scopes: issued.scopes,
    // A person is linking it: what a leaked token made before is not what asks here.
    linkedAt: ports.clock.now(),
  };
  const ctx = contextOf(ports, connector, fresh, issued, {
    limits: createVendorLimits(ports),
    purpose: 'whose',
  });
  // A vendor that does not answer now tells nothing: whether that will do is for whoever knows the account of before.
  const health = await connector.health(ctx).catch(() => null);
  return { ...told, account: { ...told.account, id: health?.accountId ?? '' } };
}

/**
 * The account of before, or a first one. By a link that mends nobody is signed in, so the account is the only proof; and
 * who is signed in is told before what goes to one account goes to another.
 */
export function requireSameAccount(
  { manifest }: Connector,
  row: Pick<ConnectionRow, 'vendorAccount' | 'label' | 'state'>,
  accountId: string,
  isByLink: boolean,
): void {
  if (accountId !== '' && accountId === row.vendorAccount) return;
  if (!isByLink && (row.vendorAccount === '' || row.state === 'pending')) return;
  if (accountId === '')
    throw new PatchbayError('vendor_unavailable', {
      public: `${manifest.name} did not tell whose account it is. Begin again.`,
    });
  throw new PatchbayError('conflict', {
    public: `That is another ${manifest.name} account than before (${row.label}). Choose the same one, or make a new connection.`,
  });
}
