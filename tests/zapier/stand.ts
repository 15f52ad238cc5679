import zapier from 'zapier-platform-core';
import { afterAll, beforeAll } from 'vitest';
import { challengeOf, type Client, newVerifier, type Stand, startStand } from '../oauth/stand.ts';

/** All that the integration may ever ask for: with money and messages, as an operator may name them. */
export const everyScope =
  'bookings:read deliverables:read rfps:read rfps:create reviews:read money:read messages:read webhooks:manage';
const redirectUri = 'https://zapier.com/dashboard/auth/oauth/return/App1CLIAPI/';

/** `any`: Zapier calls these by name, with bundles of its own making. */
export type App = any;
export type Tester = (perform: unknown, bundle?: Record<string, unknown>) => Promise<any>;
export type Zapier = {
  stand: Stand;
  client: Client;
  app: App;
  play: Tester;
  connect(over?: { scopes?: string[]; history?: boolean }): Promise<Record<string, string>>;
};

/** The integration as Zapier loads it, against a hub that really runs, as an OAuth client that staff have reviewed. */
export function zapierStand(environment: Record<string, string> = {}): Zapier {
  const zap = {} as Zapier;
  beforeAll(async () => {
    zap.stand = await startStand(environment);
    await zap.stand.review();
    zap.client = await zap.stand.app({
      kind: 'confidential',
      name: 'Zapier',
      redirectUris: [redirectUri],
      scopes: everyScope.split(' '),
    });
    Object.assign(process.env, {
      PATCHBAY_URL: zap.stand.issuer,
      PATCHBAY_SCOPES: everyScope,
      CLIENT_ID: zap.client.clientId,
      CLIENT_SECRET: zap.client.secret,
    });
    zap.app = (await import('../../connectors/zapier/app/index.ts')).default;
    zap.play = zapier.createAppTester(zap.app) as unknown as Tester;
    zap.connect = ({ scopes = everyScope.split(' '), history = false } = {}) => connect(zap, scopes, history);
  });
  afterAll(() => zap.stand?.stop());
  return zap;
}

/** What Zapier does when a person clicks "Connect": its own state and PKCE, our consent, our tokens. */
async function connect(
  { app, play, stand }: Zapier,
  scopes: string[],
  history: boolean,
): Promise<Record<string, string>> {
  const { oauth2Config } = app.authentication;
  const verifier = newVerifier();
  const inputData = { redirect_uri: redirectUri, state: 'state-of-zapier' };
  const begin = new URL(await play(oauth2Config.authorizeUrl, { inputData }));
  begin.searchParams.set('code_challenge', challengeOf(verifier));
  begin.searchParams.set('code_challenge_method', 'S256');
  const asked = await stand.send(begin.pathname + begin.search);
  const back = await stand.consent(asked.location, stand.approval({ scopes, history }));
  if (back.searchParams.get('state') !== inputData.state) throw new Error(`not our state: ${back.href}`);
  return play(oauth2Config.getAccessToken, {
    inputData: { ...inputData, code: back.searchParams.get('code') ?? '', code_verifier: verifier },
  });
}
