import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterEnvironment } from '../harness/cluster.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';
import { type Client, encoded, type Stand, startStand } from './stand.ts';

/** Two processes on one PostgreSQL: what one redeems, rotates or revokes, the other knows, also at the same moment. */
await describeWith('postgres', 'the authorization server of a cluster', (postgres) => {
  const state = {} as { stand: Stand; other: TestHub };
  beforeAll(async () => {
    const environment = await clusterEnvironment(postgres.url, { PATCHBAY_ROLE: 'api' });
    state.stand = await startStand(environment);
    state.other = await startTestHub({ ...environment, PATCHBAY_PUBLIC_URL: state.stand.issuer });
  });
  afterAll(async () => {
    await state.other.stopAndForget();
    await state.stand.stop();
  });

  /** The same request at the other process. */
  const elsewhere = async (client: Client, form: Record<string, string>) => {
    const response = await fetch(`${state.other.origin}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: encoded({ ...state.stand.authOf(client), ...form }),
    });
    return { status: response.status, body: await response.json() };
  };
  const refreshForm = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token });

  test('the whole way, and the token works at both', async () => {
    const { confidentialApp, linked, me } = state.stand;
    const { access_token, refresh_token } = await linked(confidentialApp);
    expect((await me(access_token)).status).toBe(200);
    expect((await state.other.call('GET', '/v1/me', access_token)).status).toBe(200);
    expect((await elsewhere(confidentialApp, refreshForm(refresh_token))).status).toBe(200);
  });

  /** A replay suspends the grant, perhaps before the first has its answer: then none of them gets tokens. */
  test('a code at both at once gives one set of tokens at most, and it opens nothing any more', async () => {
    const { app, codeFor, redeem, cases } = state.stand;
    const client = await app();
    const code = await codeFor(client);
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'https://app.example/callback',
      code_verifier: 'a-verifier-of-enough-length-for-rfc-7636-section-4.1',
    };
    const answers = await Promise.all([
      ...[1, 2, 3].map(() => redeem(client, code)),
      ...[1, 2, 3].map(() => elsewhere(client, form)),
    ]);
    const given = answers.filter(({ status }) => status === 200);
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { body } of given)
      for (const hub of [state.stand.hub, state.other])
        expect((await hub.call('GET', '/v1/me', body.access_token)).status).toBe(403);
    const { tokens, grants } = state.stand.ports.store.tables;
    const db = state.stand.ports.store.db;
    const [grant] = await db.select().from(grants).where(eq(grants.appId, client.clientId));
    const minted = await db
      .select({ kind: tokens.kind })
      .from(tokens)
      .where(eq(tokens.grantId, grant?.id ?? ''));
    expect(minted.map(({ kind }) => kind).toSorted()).toEqual(['a', 'r']);
    const opened = (await cases()).filter(({ subject }) => subject === `grant:${grant?.id}`);
    expect(opened.map(({ kind }) => kind)).toEqual(['code_replay']);
  });

  test('a refresh at both at once gives one answer, many times', async () => {
    const { app, linked, refresh } = state.stand;
    const client = await app();
    const { refresh_token } = await linked(client);
    const answers = await Promise.all([
      ...[1, 2, 3, 4].map(() => refresh(client, refresh_token)),
      ...[1, 2, 3, 4].map(() => elsewhere(client, refreshForm(refresh_token))),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  });

  test('refreshes at both at once leave no more living access tokens than a grant may have', async () => {
    const { app, linked, refresh, ports } = state.stand;
    const client = await app({ kind: 'confidential' });
    const { refresh_token } = await linked(client);
    const most = ports.settings.maxLiveAccessTokens;
    for (const { settings } of [ports, state.other.hub]) Object.assign(settings, { maxLiveAccessTokens: 4 });
    const answers = await Promise.all([
      ...[1, 2, 3, 4].map(() => refresh(client, refresh_token)),
      ...[1, 2, 3, 4].map(() => elsewhere(client, refreshForm(refresh_token))),
    ]);
    for (const { settings } of [ports, state.other.hub])
      Object.assign(settings, { maxLiveAccessTokens: most });
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 429, 429, 429, 429, 429,
    ]);
    expect((await refresh(client, refresh_token)).status).toBe(200);
  });

  test('a theft that one process sees stops the grant at the other', async () => {
    const { app, linked, refresh, ports } = state.stand;
    const client = await app();
    const first = await linked(client);
    const second = (await refresh(client, first.refresh_token)).body;
    const third = (await elsewhere(client, refreshForm(second.refresh_token))).body;
    expect((await elsewhere(client, refreshForm(first.refresh_token))).body.error).toBe('invalid_grant');
    for (const hub of [state.stand.hub, state.other])
      expect((await hub.call('GET', '/v1/me', third.access_token)).status).toBe(403);
    const { cases, grants } = ports.store.tables;
    const [grant] = await ports.store.db.select().from(grants).where(eq(grants.appId, client.clientId));
    const opened = await ports.store.db
      .select()
      .from(cases)
      .where(eq(cases.subject, `grant:${grant?.id}`));
    expect(opened.map(({ kind }) => kind)).toEqual(['refresh_reuse']);
  });

  test('revoking a refresh token at one ends its chain at the other', async () => {
    const { app, authOf, linked, post, refresh } = state.stand;
    const client = await app();
    const first = await linked(client);
    const second = (await refresh(client, first.refresh_token)).body;
    expect((await state.other.call('GET', '/v1/me', second.access_token)).status).toBe(200);
    await post('/oauth/revoke', { ...authOf(client), token: first.refresh_token });
    for (const hub of [state.stand.hub, state.other])
      expect((await hub.call('GET', '/v1/me', second.access_token)).status).toBe(401);
    expect((await elsewhere(client, refreshForm(second.refresh_token))).body.error).toBe('invalid_grant');
  });

  test('revoke against refresh at the other: nothing that was minted lives on', async () => {
    const { app, authOf, linked, post } = state.stand;
    for (let round = 0; round < 20; round++) {
      const client = await app();
      const { refresh_token } = await linked(client);
      const [minted] = await Promise.all([
        elsewhere(client, refreshForm(refresh_token)),
        post('/oauth/revoke', { ...authOf(client), token: refresh_token }),
      ]);
      const held = minted.status === 200 ? [minted.body.access_token as string] : [];
      for (const token of held)
        for (const hub of [state.stand.hub, state.other])
          expect((await hub.call('GET', '/v1/me', token)).status).toBe(401);
      expect([200, 400]).toContain(minted.status);
    }
  });
});
