import { sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Client } from './clients.ts';
import { OAuthError } from './errors.ts';
import { type Holder, mintAccess, requireStanding, type TokenAnswer, tokenAnswer } from './mint.ts';
import type { TokenPorts } from './needs.ts';
import type { Parameters } from './parameters.ts';
import { parseScope, refuseScopes } from './scopes.ts';

/** What an app may do for itself; all else belongs to accounts, and takes a person's consent. */
const ownScopes = ['webhooks:manage', 'rfps:create'];

/** RFC 6749 §4.4: for authenticated clients alone, and without a refresh token. Without `scope`: all that it may have. */
export async function grantOwnAccess(
  ports: TokenPorts,
  client: Client,
  form: Parameters,
  jkt: string | null,
): Promise<TokenAnswer> {
  const asked = parseScope(form.get('scope'));
  const scopes = asked.length > 0 ? asked : client.scopes.filter((name) => name === 'webhooks:manage');
  if (scopes.some((name) => !ownScopes.includes(name)))
    throw new OAuthError('invalid_scope', `For itself an app can have ${ownScopes.join(' and ')}.`);
  await refuseScopes(ports, client, scopes);
  const { gate, store } = ports;
  const holder: Holder = {
    client,
    accountId: null,
    userId: null,
    grantId: null,
    epochs: { ...gate.snapshot({}), ...client.epochs },
    chainId: null,
  };
  const access = mintAccess(ports, holder, scopes, jkt);
  await store.write((db) => [
    access.insert(db, sql`1 = 1`),
    recordAudit(db, ports, {
      actor: `app:${client.appId}`,
      action: 'token.create',
      subject: access.id,
      detail: { kind: 'a', scopes },
    }),
  ]);
  await requireStanding(ports, holder, [access], null);
  return tokenAnswer(ports, holder, access, scopes, jkt);
}
