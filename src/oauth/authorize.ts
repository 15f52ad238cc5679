import { and, eq, gt, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { readAuthorizationRequest, readState } from './authorization-request.ts';
import { type Client, findClient } from './clients.ts';
import { invalidRequest, OAuthError } from './errors.ts';
import { consentUrl } from './interaction.ts';
import { issuerOf } from './metadata.ts';
import type { Parameters } from './parameters.ts';
import { requestUriPrefix } from './push.ts';
import { answerAt, isRegistered } from './redirect-uri.ts';
import { hashesOf, hashOf, newReference } from './secrets.ts';

type Needs = Pick<Ports, 'store' | 'gate' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'settings'>;

/**
 * Where the browser goes next. Until the redirect URI is proven to be the client's everything wrong is thrown and shown
 * to the person (RFC 9700 §4.11.2: no open redirector); after that the client is told, with `state` and `iss`.
 */
export async function authorize(ports: Needs, form: Parameters): Promise<string> {
  const client = await clientOf(ports, form);
  const requestUri = form.get('request_uri');
  if (requestUri !== undefined) return openPushed(ports, client, form, requestUri);
  const redirectUri = redirectUriOf(client, form);
  try {
    if (client.requiresPush) throw invalidRequest('This client pushes its requests (RFC 9126).');
    const asked = await readAuthorizationRequest(ports, client, form, redirectUri);
    return await begin(ports, client, asked);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return answerAt(redirectUri, {
      error: error.code,
      error_description: error.message,
      state: readState(form) ?? null,
      iss: issuerOf(ports),
    });
  }
}

async function clientOf(ports: Needs, form: Parameters): Promise<Client> {
  if (form.repeated.has('client_id')) throw invalidRequest('client_id came more than once.');
  const client = await findClient(ports, form.get('client_id') ?? '');
  if (!client) throw invalidRequest('This app is not known here, or may not ask at the moment.');
  return client;
}

/** Always needed: an answer that goes to a default could go where nobody asked from. */
function redirectUriOf(client: Client, form: Parameters): string {
  const uri = form.get('redirect_uri');
  if (uri === undefined || form.repeated.has('redirect_uri') || !isRegistered(client.redirectUris, uri))
    throw invalidRequest('The address to return to is not registered for this app.');
  return uri;
}

async function begin(
  ports: Needs,
  client: Client,
  asked: Awaited<ReturnType<typeof readAuthorizationRequest>>,
): Promise<string> {
  const { store, clock, ids, settings } = ports;
  const reference = newReference(ports);
  await store.write((db) => [
    db.insert(store.tables.authorizations).values({
      id: ids.newId('par'),
      state: 'waiting',
      appId: client.appId,
      env: client.env,
      ...asked,
      interactionHash: hashOf(ports, reference),
      createdAt: clock.now(),
      expiresAt: new Date(clock.ms() + settings.interactionMs),
    }),
  ]);
  return consentUrl(ports, reference);
}

/** RFC 9126 §4 and §7.3: by its own client, in time, once. What stands beside it in the query counts for nothing. */
async function openPushed(
  ports: Needs,
  client: Client,
  form: Parameters,
  requestUri: string,
): Promise<string> {
  const { store, clock, settings } = ports;
  const { authorizations } = store.tables;
  const reference = newReference(ports);
  const isOurs = requestUri.startsWith(requestUriPrefix) && !form.repeated.has('request_uri');
  const hashes = isOurs ? hashesOf(ports, requestUri.slice(requestUriPrefix.length)) : [];
  const [opened] = await store.write((db) => [
    db
      .update(authorizations)
      .set({
        state: 'waiting',
        interactionHash: hashOf(ports, reference),
        expiresAt: new Date(clock.ms() + settings.interactionMs),
      })
      .where(
        and(
          inArray(authorizations.requestHash, hashes),
          eq(authorizations.appId, client.appId),
          eq(authorizations.state, 'pushed'),
          gt(authorizations.expiresAt, clock.now()),
        ),
      )
      .returning({ id: authorizations.id }),
  ]);
  if (opened.length > 0) return consentUrl(ports, reference);
  throw invalidRequest('This request was used, has expired, or was never made. Begin again in the app.');
}
