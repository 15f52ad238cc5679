import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setAccountStatus } from '../../src/access/index.ts';
import { authenticatedAt, createSignInLink } from '../../src/sessions/index.ts';
import { grantRole } from '../../src/staff/index.ts';
import type { TestHub } from '../harness/hub.ts';
import { type Person, type RealIssuer, startRealIssuer } from './issuer.ts';
import {
  createJar,
  type Jar,
  settingsOf,
  signInAt,
  startHubAt,
  twoPorts,
  userHere,
  walkIssuer,
} from './stand.ts';

type Options = {
  people: Person[];
  settings?: Record<string, string>;
  client?: Record<string, unknown>;
};

/** Whole, against oidc-provider: its pages, its keys, its sessions. */
async function open({ people, settings = {}, client = {} }: Options) {
  const [hubPort, issuerPort] = await twoPorts();
  const hub = `http://127.0.0.1:${hubPort}`;
  const issuer = await startRealIssuer({ port: issuerPort, hub, people, client });
  return { issuer, hub: await startHubAt(hubPort, settingsOf(issuer, settings)) };
}
type Opened = { issuer: RealIssuer; hub: TestHub };
const close = async ({ issuer, hub }: Opened): Promise<void> => {
  await hub.stopAndForget();
  await issuer.stop();
};

const textOf = async (answer: Response): Promise<string> => (await answer.text()).replaceAll(/\s+/g, ' ');
const keyOf = async (jar: Jar): Promise<string> =>
  /name="form_key" value="([^"]+)"/.exec(await (await jar.ask('/portal/account')).text())?.[1] ?? '';
const invited = async ({ hub, origin }: TestHub, userId: string, jar = createJar(origin)) => {
  const link = new URL((await createSignInLink(hub, 'test', userId)).url).searchParams.get('link') ?? '';
  return { jar, answer: await jar.post('/portal/sign-in', { link }) };
};
const whoIs = async (jar: Jar): Promise<string | null> => {
  const answer = await jar.ask('/portal/account');
  return answer.status === 200 ? (/Signed in as <b>([^<]*)</.exec(await answer.text())?.[1] ?? '') : null;
};

describe('signing in at a real issuer', () => {
  const people: Person[] = [
    { sub: 'ana', name: 'Ana Luna', email: 'Ana@Example.com', email_verified: true },
    { sub: 'ben', name: 'Ben', email: 'ana@example.com', email_verified: false },
    { sub: 'cleo', name: 'Cleo <b>', email: 'cleo@example.com', email_verified: true },
    { sub: 'gus', name: 'Gus', email: 'gus@example.com', email_verified: true },
    { sub: 'dan', name: 'Dan', email: 'ana@example.com', email_verified: true },
  ];

  describe('by invitation alone', () => {
    let stand: Opened;
    beforeAll(async () => {
      stand = await open({ people });
    });
    afterAll(() => close(stand));

    test('a stranger is told what to do, and no user is made', async () => {
      const { hub } = stand;
      const jar = createJar(hub.origin);
      const answer = await signInAt(hub, jar, 'ana');
      expect(answer.status).toBe(403);
      expect(await textOf(answer)).toContain('patchbay user link');
      const { users, identities } = hub.hub.store.tables;
      expect(await hub.hub.store.db.select().from(identities)).toEqual([]);
      expect(await hub.hub.store.db.select().from(users)).toEqual([]);
    });

    test('an invited person connects, and from then on signs in with it', async () => {
      const { hub } = stand;
      const { userId } = await userHere(hub, 'Ana');
      const { jar, answer: opened } = await invited(hub, userId);
      expect(opened.headers.get('location')).toBe('/portal/sign-in/connect');
      const answer = await signInAt(hub, jar, 'ana', await connect(jar));
      expect(answer.headers.get('location')).toBe('/portal?done=signed_in');
      const later = createJar(hub.origin);
      expect((await signInAt(hub, later, 'ana')).status).toBe(303);
      expect(await whoIs(later)).toBe('Ana');
      expect((await invited(hub, userId)).answer.headers.get('location')).toContain('/portal?');
    });

    test('nobody takes over an identity or a user that is linked already', async () => {
      const { hub } = stand;
      const other = await userHere(hub, 'Other');
      const { jar } = await invited(hub, other.userId);
      const answer = await signInAt(hub, jar, 'ana', await connect(jar));
      expect(answer.status).toBe(409);
      expect(await whoIs(jar)).toBe('Other');
    });

    test('connecting wants the form of our own page, and the person who began it (RFC 9700 §4.7)', async () => {
      const { hub } = stand;
      const { userId } = await userHere(hub, 'Victim');
      const { jar } = await invited(hub, userId);
      const form_key = await keyOf(jar);
      const evil = { origin: 'https://attacker.example' };
      expect((await jar.post('/portal/sign-in/connect', { form_key }, evil)).status).toBe(403);
      expect((await jar.post('/portal/sign-in/connect', { form_key: 'x' })).status).toBe(403);
      const to = await connect(jar);
      jar.cookies.delete('patchbay');
      expect((await signInAt(hub, jar, 'cleo', to)).status).toBe(400);
      const { identities } = hub.hub.store.tables;
      const linked = await hub.hub.store.db.select().from(identities);
      expect(linked.map(({ subject }) => subject)).toEqual(['ana']);
    });

    test('an issuer that does not answer is named, with a way to try again; who is in stays in', async () => {
      const { hub, issuer } = stand;
      const jar = createJar(hub.origin);
      await signInAt(hub, jar, 'ana');
      const began = createJar(hub.origin);
      const to = (await began.ask('/portal/sign-in/begin')).headers.get('location') ?? '';
      const callback = await walkIssuer(to, 'ana');
      await issuer.pause();
      try {
        const answer = await began.ask(callback);
        expect(answer.status).toBe(503);
        expect(await textOf(answer)).toContain('Thousand Eyes does not answer');
        expect(await whoIs(jar)).toBe('Ana');
        expect((await jar.post('/portal/sign-out', { form_key: await keyOf(jar) })).status).toBe(200);
        expect(await whoIs(jar)).toBe(null);
      } finally {
        await issuer.start();
      }
      expect((await signInAt(hub, jar, 'ana')).status).toBe(303);
    });

    test('a new session takes the place of the old one, and keeps for whom the person acts', async () => {
      const { hub } = stand;
      const jar = createJar(hub.origin);
      await signInAt(hub, jar, 'ana');
      const old = jar.cookies.get('patchbay') ?? '';
      const account =
        /name="account" value="(acc_[^"]+)"/.exec(await (await jar.ask('/portal/account')).text())?.[1] ?? '';
      await jar.post('/portal/account', { form_key: await keyOf(jar), account, env: 'test' });
      const answer = await signInAt(hub, jar, 'ana', '/portal/sign-in/begin?fresh=1&next=/portal/tokens');
      expect(answer.headers.get('location')).toBe('/portal/tokens');
      const page = await textOf(await jar.ask('/portal/account'));
      expect(page).toContain('now, with test data');
      const thief = createJar(hub.origin);
      thief.cookies.set('patchbay', old);
      expect(await whoIs(thief)).toBe(null);
    });

    test('tells when a person has proven who they are: now, where they were asked to', async () => {
      const { hub } = stand;
      const { sessions } = hub.hub.store.tables;
      const newest = async () => {
        const rows = await hub.hub.store.db.select().from(sessions);
        const row = rows.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];
        return row ? authenticatedAt(hub.hub, row) : null;
      };
      const jar = createJar(hub.origin);
      await signInAt(hub, jar, 'ana');
      // oidc-provider tells no auth_time unless asked: then nobody can say.
      expect(await newest()).toEqual(new Date(0));
      const before = Math.floor(Date.now() / 1_000) * 1_000;
      await signInAt(hub, jar, 'ana', '/portal/sign-in/begin?fresh=1');
      expect((await newest())?.getTime()).toBeGreaterThanOrEqual(before);
      const { userId } = await userHere(hub, 'By link');
      await invited(hub, userId);
      expect((await newest())?.getTime()).toBeGreaterThanOrEqual(before);
    });
  });

  test('staff are elevated once they have proven anew who they are, and not by the issuer’s old word', async () => {
    const stand = await open({ people, settings: { PATCHBAY_OIDC_CREATE: '1' } });
    const { hub } = stand;
    try {
      const jar = createJar(hub.origin);
      await signInAt(hub, jar, 'ana');
      const [user] = await hub.hub.store.db.select().from(hub.hub.store.tables.users);
      await grantRole(hub.hub, { by: 'cli', userId: user?.id ?? '', role: 'security' });
      const elevate = async () => {
        const answer = await jar.ask('/admin/v1/elevations', {
          method: 'POST',
          body: JSON.stringify({ permissions: ['revocations:create'], reason: 'Tokens leaked tonight' }),
          headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        });
        return [answer.status, ((await answer.json()) as { code?: string }).code];
      };
      expect(await elevate()).toEqual([403, 'sign_in_again']);
      const answer = await signInAt(hub, jar, 'ana', '/portal/sign-in/begin?fresh=1&next=/admin/elevation');
      expect(answer.headers.get('location')).toBe('/admin/elevation');
      expect(await elevate()).toEqual([201, undefined]);
    } finally {
      await close(stand);
    }
  });

  describe('by a verified address', () => {
    let stand: Opened;
    beforeAll(async () => {
      stand = await open({ people, settings: { PATCHBAY_OIDC_LINK: 'verified_email' } });
    });
    afterAll(() => close(stand));

    test('links the one user who has it, and nobody by an address that is not proven', async () => {
      const { hub } = stand;
      await userHere(hub, 'Ana', 'ana@EXAMPLE.com');
      const ben = createJar(hub.origin);
      expect((await signInAt(hub, ben, 'ben')).status).toBe(403);
      const ana = createJar(hub.origin);
      expect((await signInAt(hub, ana, 'ana')).status).toBe(303);
      expect(await whoIs(ana)).toBe('Ana');
    });

    test('that was given to somebody else leads to nobody’s account', async () => {
      const { hub } = stand;
      expect((await signInAt(hub, createJar(hub.origin), 'dan')).status).toBe(409);
    });

    test('leads nowhere once the person was erased with their account', async () => {
      const { hub } = stand;
      const { userId, accountId } = await userHere(hub, 'Gus', 'gus@example.com');
      expect((await signInAt(hub, createJar(hub.origin), 'gus')).status).toBe(303);
      const { identities } = hub.hub.store.tables;
      const linked = async () =>
        (await hub.hub.store.db.select().from(identities)).filter((row) => row.userId === userId).length;
      expect(await linked()).toBe(1);
      await setAccountStatus(hub.hub, 'test', accountId, 'erased');
      expect(await linked()).toBe(0);
      expect((await signInAt(hub, createJar(hub.origin), 'gus')).status).toBe(403);
    });

    test('of two users is nobody’s', async () => {
      const { hub } = stand;
      await userHere(hub, 'Cleo', 'cleo@example.com');
      await userHere(hub, 'Cleo too', 'CLEO@example.com');
      expect((await signInAt(hub, createJar(hub.origin), 'cleo')).status).toBe(403);
    });
  });

  describe('by what the issuer claims', () => {
    const claimed = [
      { sub: 'eve', name: 'Eve', user_id: '', accounts: [] as string[] },
      { sub: 'fay', name: 'Fay', user_id: 'usr_none' },
    ];
    let stand: Opened;
    beforeAll(async () => {
      stand = await open({
        people: claimed,
        settings: {
          PATCHBAY_OIDC_SCOPES: 'openid profile marketplace',
          PATCHBAY_OIDC_LINK: 'claim:user_id',
          PATCHBAY_OIDC_ACCOUNTS_CLAIM: 'accounts',
        },
      });
    });
    afterAll(() => close(stand));

    test('links the user of that id; an id of nobody links nobody', async () => {
      const { hub } = stand;
      const { userId } = await userHere(hub, 'Eve here');
      Object.assign(claimed[0] ?? {}, { user_id: userId });
      const jar = createJar(hub.origin);
      expect((await signInAt(hub, jar, 'eve')).status).toBe(303);
      expect(await whoIs(jar)).toBe('Eve here');
      expect((await signInAt(hub, createJar(hub.origin), 'fay')).status).toBe(403);
    });

    test('gives and takes accounts at each sign-in, and leaves alone what the operator gave', async () => {
      const { hub } = stand;
      const [first, second, closed] = [
        await userHere(hub, 'First'),
        await userHere(hub, 'Second'),
        await userHere(hub, 'Closed'),
      ];
      await setAccountStatus(hub.hub, 'test', closed.accountId, 'closed');
      const eve = claimed[0];
      const has = async (accounts: unknown) => {
        Object.assign(eve ?? {}, { accounts });
        const jar = createJar(hub.origin);
        await signInAt(hub, jar, 'eve');
        const page = await (await jar.ask('/portal/account')).text();
        return ['Eve here', 'First', 'Second', 'Closed'].filter(
          (name) => page.includes(`${name}&#39;s studio`) || page.includes(`${name}'s studio`),
        );
      };
      expect(await has([first.accountId, 'acc_none', 7, closed.accountId])).toEqual(['Eve here', 'First']);
      const members = await hub.hub.store.db.select().from(hub.hub.store.tables.members);
      expect(members.filter(({ accountId }) => accountId === closed.accountId)).toHaveLength(1);
      expect(await has([second.accountId])).toEqual(['Eve here', 'Second']);
      expect(await has([second.accountId])).toEqual(['Eve here', 'Second']);
      expect(await has('all')).toEqual(['Eve here']);
    });
  });

  test('makes a new user where the operator wants it, once for two first sign-ins at once', async () => {
    const stand = await open({ people, settings: { PATCHBAY_OIDC_CREATE: '1' } });
    const { hub } = stand;
    try {
      const jars = [createJar(hub.origin), createJar(hub.origin)];
      const answers = await Promise.all(jars.map((jar) => signInAt(hub, jar, 'cleo')));
      expect(answers.map(({ status }) => status)).toEqual([303, 303]);
      const { users, audit } = hub.hub.store.tables;
      expect(await hub.hub.store.db.select().from(users)).toMatchObject([
        { name: 'Cleo <b>', email: 'cleo@example.com' },
      ]);
      const rows = await hub.hub.store.db.select().from(audit);
      const made = rows.filter(({ action }) => action === 'user.identity');
      expect(made).toMatchObject([{ detail: { issuer: stand.issuer.url, by: 'creation' } }]);
      const page = await (await (jars[0] ?? jars[1])?.ask('/portal/account'))?.text();
      expect(page).toContain('patchbay user join');
      expect(page).not.toContain('Cleo <b>');
    } finally {
      await close(stand);
    }
  });

  test('authenticates with a private key where there is no secret (RFC 7523)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'one' };
    const stand = await open({
      people,
      settings: {
        PATCHBAY_OIDC_CREATE: '1',
        PATCHBAY_OIDC_CLIENT_SECRET: '',
        PATCHBAY_OIDC_PRIVATE_KEY: JSON.stringify(jwk),
      },
      client: {
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one', use: 'sig' }] },
      },
    });
    try {
      expect((await signInAt(stand.hub, createJar(stand.hub.origin), 'ana')).status).toBe(303);
    } finally {
      await close(stand);
    }
  });

  /** From the page on the way: where the connecting form leads. */
  async function connect(jar: Jar): Promise<string> {
    const answer = await jar.post('/portal/sign-in/connect', { form_key: await keyOf(jar) });
    expect(answer.status).toBe(200);
    return (answer.headers.get('refresh') ?? '').replace('0;url=', '');
  }
});
