import { addMember, createAccount } from '../../src/access/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { freePort } from '../services/free-port.ts';

/** The settings with which a hub takes this issuer. */
export const settingsOf = (
  { url, clientId, clientSecret }: { url: string; clientId: string; clientSecret: string },
  over: Record<string, string> = {},
): Record<string, string> => ({
  PATCHBAY_OIDC_ISSUER: url,
  PATCHBAY_OIDC_CLIENT_ID: clientId,
  PATCHBAY_OIDC_CLIENT_SECRET: clientSecret,
  PATCHBAY_OIDC_NAME: 'Thousand Eyes',
  ...over,
});

/** A hub at a known address, so that the issuer can be told of it first. */
export async function startHubAt(port: number, settings: Record<string, string>): Promise<TestHub> {
  return startTestHub({
    PORT: String(port),
    PATCHBAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    ...settings,
  });
}

export const twoPorts = async (): Promise<[number, number]> => {
  const first = await freePort();
  for (;;) {
    const second = await freePort();
    if (second !== first) return [first, second];
  }
};

/** A user who is here already, a member of one account. */
export async function userHere(
  { hub }: TestHub,
  name: string,
  email: string | null = null,
): Promise<{ userId: string; accountId: string }> {
  const account = await createAccount(hub, 'test', { name: `${name}'s studio`, kind: 'organisation' });
  const userId = await addMember(hub, 'test', {
    accountId: account.id,
    userName: name,
    role: 'owner',
    email,
  });
  return { userId, accountId: account.id };
}

/** A browser's cookies, over plain HTTP. */
export function createJar(origin: string) {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(path, origin), {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string>) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      if (/Max-Age=0/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = { origin }) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  return { cookies, ask, post };
}
export type Jar = ReturnType<typeof createJar>;

/** Through the issuer's own pages as this person, in a browser that it does not know yet; answers the way back to the hub. */
export async function walkIssuer(to: string, login: string): Promise<string> {
  const issuer = createJar(new URL(to).origin);
  let answer = await issuer.ask(to);
  for (let step = 0; step < 12; step++) {
    const location = answer.headers.get('location');
    if (location !== null) {
      const url = new URL(location, to);
      if (url.origin !== new URL(to).origin) return url.pathname + url.search;
      answer = await issuer.ask(url.href);
      continue;
    }
    const page = await answer.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
    if (!action || !prompt) throw new Error(`the issuer shows ${answer.status}: ${page.slice(0, 500)}`);
    answer = await issuer.post(action, { prompt, login, password: 'any' });
  }
  throw new Error('the issuer goes round and round');
}

/** From a link of the hub's (or from the issuer's address itself) to what the hub says to the way back. */
export async function signInAt(
  { origin }: { origin: string },
  jar: Jar,
  login: string,
  from = '/portal/sign-in/begin',
): Promise<Response> {
  const to = from.startsWith('/') ? (await jar.ask(from)).headers.get('location') : from;
  if (to === null) throw new Error(`${origin} leads nowhere`);
  return jar.ask(await walkIssuer(to, login));
}
