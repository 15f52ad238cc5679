/** A vendor on loopback: the connector's own stand-in behind real sockets, and the authorization server that it has not. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connector } from '#kit';
import type { Conformance, StandIn } from '#kit/conformance';

export type VendorRequest = {
  host: string;
  method: string;
  path: string;
  authorization: string | null;
  body: string;
};

export type Vendor = {
  /** For the hub's environment. */
  environment: Record<string, string>;
  standIn: StandIn;
  received: VendorRequest[];
  /** What the token endpoint is asked, in order. */
  tokens: URLSearchParams[];
  revoked: string[];
  /** null: as the stand-in answers. `lose`: the stand-in does it, and the answer is lost on the way. */
  answerWith(handler: ((request: VendorRequest) => 'lose' | Response | null) | null): void;
  /** Tokens of a refresh die from now on. */
  killRefresh(): void;
  /** The token endpoint is down. */
  refuseTokens(isDown: boolean): void;
  /** How long an access token is good for, in seconds. */
  expireIn(seconds: number): void;
  /** What a person at the vendor sees and presses: the address that they are sent back to. */
  consent(authorizeUrl: string): Promise<URL>;
  close(): Promise<void>;
};

export async function startVendor(connector: Connector, conformance: Conformance, at = 0): Promise<Vendor> {
  const { manifest } = connector;
  if (manifest.auth.type !== 'oauth2') throw new Error('a vendor that people sign in to');
  const { auth } = manifest;
  const connection = conformance.connections[at];
  if (!connection) throw new Error('no such connection');
  const tier = manifest.tiers.find(({ id }) => id === connection.tier);
  const standIn = conformance.standIn(new Set([...(tier?.scopes ?? []), ...(tier?.optionalScopes ?? [])]));
  const token = new URL(auth.tokenUrl);
  const authorize = new URL(auth.authorizeUrl);
  const revoke = 'url' in auth.revoke ? new URL(auth.revoke.url) : null;
  const hosts = new Set([
    ...manifest.hosts,
    token.hostname,
    authorize.hostname,
    ...(revoke ? [revoke.hostname] : []),
  ]);
  const state = {
    handler: null as ((request: VendorRequest) => 'lose' | Response | null) | null,
    isRefreshDead: false,
    isDown: false,
    expiresIn: 3_600,
    issued: 0,
  };
  const received: VendorRequest[] = [];
  const tokens: URLSearchParams[] = [];
  const revoked: string[] = [];
  const servers = new Map<string, Server>();

  for (const host of hosts) {
    const server = createServer((request, response) => {
      void serve(host, request, response).catch((error: unknown) => {
        response.statusCode = 599;
        response.end(String(error));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.set(host, server);
  }
  // A server that listens on TCP has an address of this form.
  const originOf = (host: string) =>
    `http://127.0.0.1:${(servers.get(host)?.address() as AddressInfo | undefined)?.port}`;
  const name = manifest.id.toUpperCase().replaceAll('-', '_');

  return {
    environment: {
      PATCHBAY_CONNECTORS: manifest.id,
      PATCHBAY_VENDOR_STAND_INS: [...hosts].map((host) => `https://${host}=${originOf(host)}`).join(','),
      [`PATCHBAY_${name}_CLIENT_ID`]: 'fake-client',
      [`PATCHBAY_${name}_CLIENT_SECRET`]: 'fake-client-secret',
      [`PATCHBAY_${name}_SIGNING_SECRET`]: 'fake-signing-secret',
    },
    standIn,
    received,
    tokens,
    revoked,
    answerWith: (handler) => {
      state.handler = handler;
    },
    killRefresh: () => {
      state.isRefreshDead = true;
    },
    refuseTokens: (isDown) => {
      state.isDown = isDown;
    },
    expireIn: (seconds) => {
      state.expiresIn = seconds;
    },
    consent: async (authorizeUrl) => {
      const answer = await fetch(authorizeUrl, { redirect: 'manual' });
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`the vendor answered ${answer.status}`);
      return new URL(location);
    },
    close: async () => {
      for (const server of servers.values()) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };

  async function serve(host: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const url = new URL(incoming.url ?? '/', `https://${host}`);
    const is = (one: URL | null) => one?.hostname === host && one.pathname === url.pathname;
    if (is(authorize)) return redirect(url, response);
    if (is(token)) return send(response, answerToken(new URLSearchParams(body)));
    const request: VendorRequest = {
      host,
      method: incoming.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      authorization: incoming.headers.authorization ?? null,
      body,
    };
    if (is(revoke)) {
      revoked.push(
        new URLSearchParams(body).get('token') ?? request.authorization?.slice('Bearer '.length) ?? '',
      );
      return send(response, Response.json({ ok: true, revoked: true }));
    }
    received.push(request);
    const said = state.handler?.(request) ?? null;
    if (said instanceof Response) return send(response, said);
    const answer = await standIn.answer(
      new Request(url, {
        method: request.method,
        headers: Object.entries(incoming.headers).flatMap(([key, value]) =>
          typeof value === 'string' &&
          !['connection', 'host', 'content-length', 'transfer-encoding'].includes(key)
            ? [[key, value] as [string, string]]
            : [],
        ),
        ...(body === '' ? {} : { body }),
      }),
    );
    if (said === 'lose') return void response.destroy();
    return send(response, answer);
  }

  function redirect(url: URL, response: ServerResponse): void {
    const back = new URL(url.searchParams.get('redirect_uri') ?? '');
    back.searchParams.set('code', 'fake-code');
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    response.statusCode = 302;
    response.setHeader('location', back.href);
    response.end();
  }

  /** A refresh token is good for once where the manifest says that it rotates. */
  function answerToken(form: URLSearchParams): Response {
    tokens.push(form);
    if (state.isDown) return Response.json({ error: 'temporarily_unavailable' }, { status: 503 });
    if (form.get('grant_type') === 'refresh_token' && state.isRefreshDead)
      return Response.json({ error: 'invalid_grant' }, { status: 400 });
    state.issued++;
    const suffix = state.issued === 1 ? '' : `-${state.issued}`;
    return Response.json({
      ...connection?.tokenAnswer,
      access_token: `${String(connection?.tokenAnswer?.['access_token'])}${suffix}`,
      ...(auth.refresh ? { refresh_token: `fake-refresh${suffix}`, expires_in: state.expiresIn } : {}),
    });
  }
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status;
  answer.headers.forEach((value, key) => response.setHeader(key, value));
  response.end(Buffer.from(await answer.arrayBuffer()));
}
