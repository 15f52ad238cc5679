import type { Ports } from '#src/context';
import { readAuthorizationRequest } from './authorization-request.ts';
import type { Client } from './clients.ts';
import { invalidRequest } from './errors.ts';
import { needed, type Parameters } from './parameters.ts';
import { isRegistered } from './redirect-uri.ts';
import { hashOf, newReference } from './secrets.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'settings'>;

export const requestUriPrefix = 'urn:ietf:params:oauth:request_uri:';

/** RFC 9126 §2: looked through now, so that the browser cannot change it and the client hears at once what is wrong. */
export async function pushRequest(ports: Needs, client: Client, form: Parameters, jkt: string | null) {
  const redirectUri = needed(form, 'redirect_uri');
  if (!isRegistered(client.redirectUris, redirectUri))
    throw invalidRequest('redirect_uri is not registered for this client.');
  const asked = await readAuthorizationRequest(ports, client, form, redirectUri);
  // RFC 9449 §10.1: a proof at the push binds the code too.
  if (jkt !== null && asked.dpopJkt !== null && jkt !== asked.dpopJkt)
    throw invalidRequest('dpop_jkt is not the key of the proof.');
  const { store, clock, ids, settings } = ports;
  const reference = newReference(ports);
  await store.write((db) => [
    db.insert(store.tables.authorizations).values({
      id: ids.newId('par'),
      state: 'pushed',
      appId: client.appId,
      env: client.env,
      ...asked,
      dpopJkt: asked.dpopJkt ?? jkt,
      requestHash: hashOf(ports, reference),
      createdAt: clock.now(),
      expiresAt: new Date(clock.ms() + settings.pushedRequestMs),
    }),
  ]);
  return { request_uri: requestUriPrefix + reference, expires_in: settings.pushedRequestMs / 1_000 };
}
