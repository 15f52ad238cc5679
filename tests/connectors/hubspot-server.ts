/** HubSpot on a port of this machine: its token endpoint, its API, and answers that get lost. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hubSpot } from '../../connectors/hubspot/stand-in.ts';

export const portal = 62515;
const appId = 54321;
export const clientSecret = 'fake-client-secret-of-the-app';

type Call = { method: string; path: string; body: string };
export type HubSpotServer = Awaited<ReturnType<typeof startHubSpot>>;

export async function startHubSpot(granted: readonly string[]) {
  const vendor = hubSpot(new Set(granted));
  const state = { token: 0, loseNext: 0, isExpired: false };
  const calls: Call[] = [];
  const forms: { path: string; form: URLSearchParams }[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = {
      method: request.method ?? 'GET',
      path: request.url ?? '',
      body: Buffer.concat(chunks).toString('utf8'),
    };
    calls.push(call);
    const answer = call.path.startsWith('/oauth/')
      ? token(call)
      : await api(call, request.headers.authorization);
    if (answer === null) return void response.destroy();
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  }

  async function api({ method, path, body }: Call, authorization = ''): Promise<Response | null> {
    if (authorization !== `Bearer fake-access-${state.token}` || state.isExpired)
      return Response.json({ status: 'error', category: 'EXPIRED_AUTHENTICATION' }, { status: 401 });
    const answer = await vendor.answer(
      new Request(`https://api.hubapi.com${path}`, {
        method,
        headers: { authorization },
        ...(body ? { body } : {}),
      }),
    );
    const changes = method !== 'GET' && !path.endsWith('/read');
    if (!changes || state.loseNext === 0) return answer;
    state.loseNext -= 1;
    return null;
  }

  function token({ path, body }: Call): Response {
    const form = new URLSearchParams(body);
    forms.push({ path, form });
    if (form.get('client_secret') !== clientSecret)
      return Response.json({ status: 'BAD_CLIENT_SECRET' }, { status: 400 });
    if (path.endsWith('/revoke')) return Response.json({});
    state.token += 1;
    state.isExpired = false;
    return Response.json({
      token_type: 'bearer',
      access_token: `fake-access-${state.token}`,
      refresh_token: 'fake-refresh',
      expires_in: 1800,
      hub_id: portal,
      scopes: granted,
    });
  }

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    vendor,
    calls,
    forms,
    /** The next so many changes are made, and nobody hears of it. */
    loseAnswers: (count: number) => void (state.loseNext = count),
    expire: () => void (state.isExpired = true),
    deals: () =>
      vendor.objects().filter((one): one is { deal: any; contacts: string[] } => 'deal' in (one as object)),
    contacts: () => vendor.objects().filter((one): one is { contact: any } => 'contact' in (one as object)),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A move of a deal, as HubSpot tells and signs it. */
export function signedMove(url: string, move: Record<string, unknown>): RequestInit {
  const whole = {
    portalId: portal,
    appId,
    eventId: 100,
    subscriptionId: 7,
    attemptNumber: 0,
    occurredAt: 1_795_000_000_000,
    subscriptionType: 'deal.propertyChange',
    propertyName: 'dealstage',
    changeSource: 'CRM_UI',
    sourceId: 'userId:42',
    ...move,
  };
  const body = JSON.stringify([whole]);
  const timestamp = String(Date.now());
  const signature = createHmac('sha256', clientSecret)
    .update(`POST${url}${body}${timestamp}`)
    .digest('base64');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-hubspot-signature-v3': signature,
      'x-hubspot-request-timestamp': timestamp,
    },
  };
}
