import { revoke } from '#src/access';
import type { Client } from './clients.ts';
import { invalidGrant } from './errors.ts';
import type { TokenPorts } from './needs.ts';
import { readToken } from './read-token.ts';

/**
 * RFC 7009 §2.1. An access token ends alone, a refresh token with all that came of its authorization. Unknown ones are a
 * success (§2.2); what another client got is an error, and stays. The hint is not needed: a token says what it is.
 */
export async function revokeToken(ports: TokenPorts, client: Client, token: string): Promise<void> {
  const row = await readToken(ports, token, ['a', 'r', 'k', 's', 'c']);
  if (!row) return;
  const isOurs = row.appId === client.appId && (row.kind === 'a' || row.kind === 'r');
  if (!isOurs) throw invalidGrant('This token was not issued to this client.');
  await revoke(ports, { level: 'token', id: row.id, reason: 'user', actor: `app:${client.appId}` });
}
