import { createHash, randomBytes } from 'node:crypto';
import type { RunningHub } from './host.ts';
import type { Level } from './revocation.ts';

export type LinkedApp = { accessToken: string; ids: Record<Level, string> };

const redirectUri = 'https://app.example/callback';
const scopes = ['bookings:read', 'webhooks:manage'];
const fromOurPage = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };

/** The whole way on a running hub: a reviewed partner's app, a person of the account, consent in the portal, a token. */
export async function linkApp(
  { origins, command }: Pick<RunningHub, 'origins' | 'command'>,
  accountId: string,
): Promise<LinkedApp> {
  const origin = origins[0] ?? '';
  const partner = await command('partner create', [], { name: 'Acme Tools' });
  await command('partner review', [partner, 'passed'], { note: 'looked at' });
  const app = JSON.parse(
    await command('app create', [], {
      partner,
      name: 'Sync',
      redirectUri,
      scopes: scopes.join(),
      json: true,
    }),
  ) as { client_id: string; client_secret: string };
  const user = await command('user create', [], { name: 'Ada', account: accountId });
  const link = new URL(await command('user link', [user], {})).searchParams.get('link') ?? '';

  const open = (path: string, cookie = '') =>
    fetch(origin + path, { headers: { cookie }, redirect: 'manual' });
  const send = (
    path: string,
    form: Record<string, string | string[]>,
    headers: Record<string, string> = {},
  ) =>
    fetch(origin + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...fromOurPage, ...headers },
      body: new URLSearchParams(
        Object.entries(form).flatMap(([name, values]) => [values].flat().map((value) => [name, value])),
      ),
    });
  const signedIn = await send('/portal/sign-in', { link });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    client_id: app.client_id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const led = (await open(`/oauth/authorize?${asked.toString()}`)).headers.get('location') ?? '';
  const { pathname, search, searchParams } = new URL(led, origin);
  const page = await (await open(pathname + search, cookie)).text();
  const form = {
    interaction: searchParams.get('interaction') ?? '',
    form_key: /name="form_key" value="([^"]+)"/.exec(page)?.[1] ?? '',
    account: accountId,
    scopes,
    answer: 'allow',
  };
  const done = await (await send(pathname, form, { cookie })).text();
  const code = /[?;&]code=([\w-]+)/.exec(done)?.[1] ?? '';
  const answer = await send('/oauth/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...app,
  });
  const tokens = (await answer.json()) as { access_token: string };
  if (!answer.ok)
    throw new Error(`no tokens: ${JSON.stringify(tokens)}; consent answered ${done.slice(0, 300)}`);
  const me = (await (
    await fetch(`${origin}/v1/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  ).json()) as { grant: { id: string }; token: string };
  return {
    accessToken: tokens.access_token,
    ids: { token: me.token, grant: me.grant.id, user, app: app.client_id, partner },
  };
}
