import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { type Asker, beginChain } from './chain.ts';
import type { Client } from './clients.ts';
import { invalidGrant, OAuthError } from './errors.ts';
import { type Authorization, consentUrl } from './interaction.ts';
import { issuerOf } from './metadata.ts';
import type { TokenAnswer } from './mint.ts';
import type { TokenPorts } from './needs.ts';
import { needed, type Parameters } from './parameters.ts';
import { refuseOtherResources } from './resource.ts';
import { parseScope, refuseScopes } from './scopes.ts';
import { hashesOf, hashOf, newReference, newUserCode, readUserCode } from './secrets.ts';

const pollEveryMs = 5_000;

/** RFC 8628 §3.1: a code for the device to poll with, and one for the person to type. */
export async function beginDevice(ports: TokenPorts, client: Client, form: Parameters) {
  refuseOtherResources(ports, form);
  const scopes = parseScope(form.get('scope'));
  await refuseScopes(ports, client, scopes);
  const { store, clock, ids, settings } = ports;
  const [deviceCode, userCode] = [newReference(ports), newUserCode(ports)];
  await store.write((db) => [
    db.insert(store.tables.authorizations).values({
      id: ids.newId('par'),
      state: 'waiting',
      appId: client.appId,
      env: client.env,
      scopes,
      deviceHash: hashOf(ports, deviceCode),
      userCodeHash: hashOf(ports, userCode),
      pollEveryMs,
      createdAt: clock.now(),
      expiresAt: new Date(clock.ms() + settings.interactionMs),
    }),
  ]);
  const uri = `${issuerOf(ports)}/oauth/device`;
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: uri,
    verification_uri_complete: `${uri}?user_code=${userCode}`,
    expires_in: settings.interactionMs / 1_000,
    interval: pollEveryMs / 1_000,
  };
}

type OpenNeeds = Pick<Ports, 'store' | 'clock' | 'chance' | 'digest' | 'peppers' | 'settings'>;

/** Where a person who typed this code goes on; null where it is no living one. The link that was open before is dead. */
export async function openDevice(ports: OpenNeeds, typed: string): Promise<string | null> {
  const userCode = readUserCode(typed);
  if (userCode === null) return null;
  const { authorizations } = ports.store.tables;
  const reference = newReference(ports);
  const [opened] = await ports.store.write((db) => [
    db
      .update(authorizations)
      .set({ interactionHash: hashOf(ports, reference) })
      .where(
        and(
          inArray(authorizations.userCodeHash, hashesOf(ports, userCode)),
          eq(authorizations.state, 'waiting'),
          gt(authorizations.expiresAt, ports.clock.now()),
        ),
      )
      .returning({ id: authorizations.id }),
  ]);
  return opened.length > 0 ? consentUrl(ports, reference) : null;
}

/** RFC 8628 §3.4 and §3.5. */
export async function pollDevice(
  ports: TokenPorts,
  client: Client,
  form: Parameters,
  asker: Asker,
): Promise<TokenAnswer> {
  const { authorizations } = ports.store.tables;
  const [found] = await ports.store.db
    .select()
    .from(authorizations)
    .where(inArray(authorizations.deviceHash, hashesOf(ports, needed(form, 'device_code'))))
    .limit(1);
  if (!found || found.appId !== client.appId) throw refused();
  if (found.state === 'denied') throw new OAuthError('access_denied', 'The person said no.');
  if (found.state === 'redeemed') throw refused();
  if (found.expiresAt.getTime() <= ports.clock.ms())
    throw new OAuthError('expired_token', 'The device code has expired. Begin again.');
  if (!(await isInTime(ports, found)))
    throw new OAuthError('slow_down', 'Wait five seconds more between two polls.');
  if (found.state !== 'approved')
    throw new OAuthError('authorization_pending', 'The person has not answered yet.');
  await ports.gate.freshen();
  const answer = await beginChain(ports, client, found, asker);
  if (!answer) throw refused();
  return answer;
}

const refused = () => invalidGrant('The device code is unknown, was for another client, or was used.');

/** Each poll that comes too early makes the device wait five seconds longer: of many at once, one is in time. */
async function isInTime({ store, clock }: TokenPorts, found: Authorization): Promise<boolean> {
  const { authorizations } = store.tables;
  const everyMs = found.pollEveryMs ?? pollEveryMs;
  const before = clock.ms() - everyMs;
  const [inTime] = await store.write((db) => [
    db
      .update(authorizations)
      .set({ polledAt: clock.now() })
      .where(and(eq(authorizations.id, found.id), sql`coalesce(${authorizations.polledAt}, 0) <= ${before}`))
      .returning({ id: authorizations.id }),
  ]);
  if (inTime.length > 0) return true;
  await store.write((db) => [
    db
      .update(authorizations)
      .set({ pollEveryMs: everyMs + pollEveryMs })
      .where(eq(authorizations.id, found.id)),
  ]);
  return false;
}
