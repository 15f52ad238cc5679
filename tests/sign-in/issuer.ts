import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

/** A person at the issuer. Whoever types the login is that person: its own pages ask for no more. */
export type Person = Record<string, unknown> & { sub: string };

export type RealIssuer = {
  url: string;
  clientId: string;
  clientSecret: string;
  /** Signs from now on with a key that nobody has fetched yet. */
  rotate(): Promise<void>;
  /** Takes no connection, until `start`. */
  pause(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** oidc-provider (panva), whole: its own sign-in pages, sessions, consent, keys and both kinds of logout. */
export async function startRealIssuer(options: {
  port: number;
  /** Where the hub answers. */
  hub: string;
  people: Person[];
  client?: Record<string, unknown>;
}): Promise<RealIssuer> {
  const url = `http://127.0.0.1:${options.port}`;
  const clientSecret = randomBytes(32).toString('base64url');
  const client = {
    client_id: 'patchbay',
    client_secret: clientSecret,
    redirect_uris: [`${options.hub}/portal/sign-in/callback`],
    post_logout_redirect_uris: [`${options.hub}/portal/sign-in?out=1`],
    backchannel_logout_uri: `${options.hub}/portal/sign-in/back-channel-logout`,
    backchannel_logout_session_required: true,
    response_types: ['code'],
    grant_types: ['authorization_code'],
    ...options.client,
  };
  const keys = [await newKey('RS256')];
  const open = () => new Provider(url, configurationOf(client, options.people, keys)).callback();
  const state = { server: null as Server | null, handle: open() };

  const start = async (): Promise<void> => {
    state.server = createServer((request, response) => state.handle(request, response));
    await new Promise<void>((resolve) => void state.server?.listen(options.port, '127.0.0.1', resolve));
  };
  const pause = async (): Promise<void> => {
    const { server } = state;
    state.server = null;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => void (server ? server.close(() => resolve()) : resolve()));
  };
  await start();
  return {
    url,
    clientId: 'patchbay',
    clientSecret,
    rotate: async () => {
      keys.unshift(await newKey('RS256'));
      state.handle = open();
    },
    pause,
    start,
    stop: pause,
  };
}

async function newKey(alg: string) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomBytes(6).toString('hex') };
}

const configurationOf = (client: object, people: Person[], keys: object[]) => ({
  clients: [client],
  jwks: { keys: [...keys] },
  cookies: { keys: ['only for tests'] },
  claims: {
    openid: ['sub'],
    profile: ['name'],
    email: ['email', 'email_verified'],
    marketplace: ['accounts', 'user_id'],
  },
  scopes: ['openid', 'profile', 'email', 'marketplace'],
  findAccount: async (_: unknown, sub: string) => {
    const person = people.find((one) => one.sub === sub);
    return person && { accountId: sub, claims: async () => person };
  },
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // Its own guard lets no logout token onto this machine, where the hub of a test is.
  fetch: (url: string, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) =>
    fetch(url, options),
  // Short enough for a test's process to end, long enough for any test.
  ttl: { Session: 3_600, Grant: 3_600, Interaction: 600, AccessToken: 600, IdToken: 600 },
});
