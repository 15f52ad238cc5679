import type { App, Bundle, ZObject } from 'zapier-platform-core';
import { hubUrl, wantedScopes } from './hub.ts';
import { asTheClient } from './middleware.ts';

type Tokens = { access_token: string; refresh_token?: string };
type Me = { env: string; account: { id: string; name: string } | null };

/** OAuth 2.1 at the hub: authorization code with PKCE, as a confidential client. */
export const authentication = {
  type: 'oauth2',
  test: async (z: ZObject): Promise<Me> => (await z.request<Me>(hubUrl('/v1/me'))).data,
  connectionLabel: async (_: ZObject, { inputData }: Bundle): Promise<string> => {
    const { account, env } = inputData as Me; // What `test` answered.
    return `${account?.name ?? 'an app'}${env === 'test' ? ' (test data)' : ''}`;
  },
  oauth2Config: {
    // Zapier adds the code challenge.
    authorizeUrl: {
      url: '{{process.env.PATCHBAY_URL}}/oauth/authorize',
      params: {
        client_id: '{{process.env.CLIENT_ID}}',
        response_type: 'code',
        redirect_uri: '{{bundle.inputData.redirect_uri}}',
        state: '{{bundle.inputData.state}}',
        scope: wantedScopes(),
      },
    },
    getAccessToken: async (z: ZObject, { inputData }: Bundle): Promise<Tokens> => {
      const {
        code = '',
        redirect_uri: redirectUri = '',
        code_verifier: verifier = '',
      } = inputData as Record<string, string>;
      return askForTokens(z, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
    },
    refreshAccessToken: async (z: ZObject, { authData }: Bundle): Promise<Tokens> => {
      const refreshToken = authData['refresh_token'] ?? '';
      const tokens = await askForTokens(z, { grant_type: 'refresh_token', refresh_token: refreshToken });
      // A confidential client's does not rotate; the hub may leave it out.
      return { refresh_token: refreshToken, ...tokens };
    },
    autoRefresh: true,
    enablePkce: true,
  },
} satisfies App['authentication'];

const clientId = (): string => process.env['CLIENT_ID'] ?? '';

async function askForTokens(z: ZObject, form: Record<string, string>): Promise<Tokens> {
  const { data } = await z.request<Tokens>({
    url: hubUrl('/oauth/token'),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: { ...form, client_id: clientId(), client_secret: process.env['CLIENT_SECRET'] ?? '' },
    middlewareData: asTheClient,
  });
  return data;
}
