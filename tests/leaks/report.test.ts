import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, newToken } from '../../src/access/index.ts';
import { reportLeaks } from '../../src/leaks/report.ts';
import { issueOwn } from './own.ts';
import { type Stand, startStand } from '../oauth/stand.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/** Any finder, without a token of its own, over HTTP. */
describe('POST /leak-reports', () => {
  const state = {} as { stand: Stand; sink: Sink };
  beforeAll(async () => {
    [state.stand, state.sink] = await Promise.all([startStand(), startSink()]);
  });
  afterAll(async () => {
    await state.stand.stop();
    await state.sink.close();
  });

  const report = (body: unknown) => state.stand.hub.call('POST', '/leak-reports', null, body);
  const status = async (token: string) => (await state.stand.me(token)).status;
  const casesOf = async (tokenId: string) =>
    (await state.stand.cases()).filter(({ subject }) => subject === `token:${tokenId}`);
  const rowOf = async (id: string) => {
    const { tokens } = state.stand.ports.store.tables;
    return (await state.stand.ports.store.db.select().from(tokens).where(eq(tokens.id, id)))[0];
  };
  const receipts = () => state.stand.ports.store.db.select().from(state.stand.ports.store.tables.revocations);
  const manager = () => state.stand.hub.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);
  const subscribe = async (token: string): Promise<string> => {
    const made = await state.stand.hub.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: `${state.sink.origin}/hook` },
      event_types: ['booking.*', 'token.*'],
    });
    expect(made.status).toBe(201);
    return made.body.id;
  };
  const subscriptionOf = async (id: string) => {
    const { subscriptions } = state.stand.ports.store.tables;
    return (await state.stand.ports.store.db.select().from(subscriptions).where(eq(subscriptions.id, id)))[0];
  };

  test('a live token in a text ends at once with all that it made, its account hears of it, and a case is open', async () => {
    const { hub, ports } = state.stand;
    const account = await manager();
    const wish = { label: 'child', scopes: ['bookings:read', 'webhooks:manage'] };
    const child = (await hub.call('POST', '/v1/tokens', account.token, wish)).body;
    const madeByChild = await subscribe(child.token);
    const answer = await report({
      text: `2026-11-22 GET /v1/me "Bearer ${account.token}"\nnext line`,
      url: `https://me:secret@paste.example/x?t=1`,
      contact: 'finder@example.com',
    });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await status(account.token)).toBe(401);
    expect(await status(child.token)).toBe(401);
    expect(await subscriptionOf(madeByChild)).toMatchObject({
      state: 'disabled',
      stateReason: 'token_leaked',
    });
    const { locator } = (await rowOf(account.tokenId))!;
    expect(await casesOf(account.tokenId)).toMatchObject([
      {
        kind: 'token_leaked',
        state: 'open',
        evidence: {
          token: account.tokenId,
          kind: 'k',
          locator,
          finder: 'anyone',
          found_at: 'https://paste.example/x?t=1',
          contact: 'finder@example.com',
        },
      },
    ]);
    await until('the account hears of it', async () => {
      const { events } = ports.store.tables;
      const said = await ports.store.db
        .select()
        .from(events)
        .where(eq(events.subject, `tokens/${account.tokenId}`));
      return said.length === 1 && said[0]?.data['reason'] === 'leaked';
    });
  });

  test('the answer is the same for a token that lives, one that is dead and one that never was', async () => {
    const account = await manager();
    const never = newToken('k', 'live', state.stand.ports.chance).token;
    const answers = [];
    for (const token of [account.token, account.token, never])
      answers.push(await report({ tokens: [token] }));
    const told = answers.map(({ status: code, body, headers }) => {
      const names = [...headers.keys()].sort();
      return { code, body, names };
    });
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    expect(told[0]).toMatchObject({ code: 202, body: { accepted: 1 } });
  });

  test('only what is well-formed counts, each once, and nothing at all is an answer too', async () => {
    const { chance } = state.stand.ports;
    const [one, two] = [newToken('a', 'live', chance).token, newToken('c', 'test', chance).token];
    const mistyped = one.slice(0, -1) + (one.endsWith('a') ? 'b' : 'a');
    const body = { tokens: [one, mistyped, 'hello'], text: `${one} ${two} ${two}` };
    expect((await report(body)).body).toEqual({ accepted: 2 });
    expect(await report({ text: '' })).toMatchObject({ status: 202, body: { accepted: 0 } });
  });

  test('twenty reports of one token at once are one revocation, one case, one event', async () => {
    const account = await manager();
    const before = (await receipts()).length;
    // Beneath HTTP, where all of them have read that it lives before the first has ended it.
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        reportLeaks(state.stand.ports, {
          tokens: [account.token],
          url: `https://paste.example/${n}`,
        }),
      ),
    );
    expect(answers).toEqual(Array(20).fill({ accepted: 1 }));
    expect(await status(account.token)).toBe(401);
    expect((await receipts()).length).toBe(before + 1);
    expect(await casesOf(account.tokenId)).toHaveLength(1);
    const { tasks } = state.stand.ports.store.tables;
    const told = await state.stand.ports.store.db
      .select()
      .from(tasks)
      .where(eq(tasks.subject, account.tokenId));
    expect(told.filter(({ kind }) => kind === 'announce')).toHaveLength(1);
  });

  test('a report of more live tokens than one answer waits for ends all of them', async () => {
    const account = await manager();
    const made = await Promise.all(Array.from({ length: 45 }, () => issueOwn(state.stand.ports, account.id)));
    const { body } = await report({ text: made.map(({ token }) => token).join(' ') });
    expect(body).toEqual({ accepted: 45 });
    await until('all have ended', async () => {
      const rows = await Promise.all(made.map(({ id }) => rowOf(id)));
      return rows.every((row) => row?.revokedReason === 'leaked');
    });
    for (const { id } of made) expect(await casesOf(id)).toHaveLength(1);
  });

  test('a refresh token ends with its chain and what the chain made; another consent of the same app stays', async () => {
    const { linked, confidentialApp, approval, refresh, hub, grants } = state.stand;
    const scopes = ['bookings:read', 'webhooks:manage'];
    const wished = { scope: scopes.join(' ') };
    const given = await linked(confidentialApp, wished, approval({ scopes }));
    const other = await hub.account();
    const theirs = await linked(
      confidentialApp,
      wished,
      approval({ scopes, accountId: other.id, userId: await memberOf(other.id) }),
    );
    const subscription = await subscribe(given.access_token);
    const kept = await subscribe(theirs.access_token);
    await report({ tokens: [given.refresh_token] });
    expect(await status(given.access_token)).toBe(401);
    expect((await refresh(confidentialApp, given.refresh_token)).status).toBe(400);
    expect(await subscriptionOf(subscription)).toMatchObject({
      state: 'disabled',
      stateReason: 'token_leaked',
    });
    expect(await status(theirs.access_token)).toBe(200);
    expect(await subscriptionOf(kept)).toMatchObject({ state: 'active' });
    // The consent itself stands: the person need not link again to be safe, but the app asks anew.
    expect((await grants()).filter(({ endedAt }) => endedAt !== null)).toEqual([]);
  });

  test('an access token ends alone, a client secret ends as a secret, a service token ends itself', async () => {
    const { linked, publicApp, confidentialApp, hub, token, refresh } = state.stand;
    const given = await linked(publicApp);
    await report({ tokens: [given.access_token] });
    expect(await status(given.access_token)).toBe(401);
    expect((await refresh(publicApp, given.refresh_token)).status).toBe(200);

    const secret = confidentialApp.secret ?? '';
    const own = { grant_type: 'client_credentials', scope: 'webhooks:manage' };
    expect((await token(confidentialApp, own)).status).toBe(200);
    await report({ text: `client_secret=${secret}` });
    expect((await token(confidentialApp, own)).body).toMatchObject({ error: 'invalid_client' });

    const service = await hub.service();
    await report({ tokens: [service] });
    expect((await hub.call('POST', '/v1/events', service, {})).body.code).toBe('token_revoked');
  });

  test('a URL or a contact that holds a token is kept without it', async () => {
    const [first, second] = [await manager(), await manager()];
    await report({
      tokens: [first.token],
      url: `https://paste.example/raw?t=%70bk_${first.token.slice(4)}`,
      contact: `me, or ${first.token}`,
    });
    await report({ tokens: [second.token], url: `https://paste.example/${second.token}/x` });
    const cases = [...(await casesOf(first.tokenId)), ...(await casesOf(second.tokenId))];
    expect(cases).toMatchObject([
      { evidence: { found_at: 'https://paste.example/…', contact: 'me, or pbk_…' } },
      { evidence: { found_at: 'https://paste.example/…' } },
    ]);
    expect(JSON.stringify(await state.stand.cases())).not.toMatch(/pbk_\w/);
  });

  test.each([
    [{}, '/text'],
    [{ text: 'x', url: 'javascript:alert(1)' }, '/url'],
    [{ text: 'x', url: 'nowhere' }, '/url'],
    [{ tokens: 'pbk_' }, '/tokens'],
    [{ text: 'x', more: 1 }, '/more'],
  ])('%j is refused at %s', async (body, pointer) => {
    const answer = await report(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test('an address that reports without end is told to wait, and others are not', async () => {
    const stand = await startStand({ PATCHBAY_BAD_TOKENS_PER_ADDRESS: '5', PATCHBAY_PROXY_HOPS: '1' });
    const from = (address: string) =>
      stand.hub.call('POST', '/leak-reports', null, { text: '' }, { 'x-forwarded-for': address });
    for (let n = 0; n < 5; n++) expect((await from('203.0.113.1')).status).toBe(202);
    const refused = await from('203.0.113.1');
    expect(refused).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from('203.0.113.2')).status).toBe(202);
    await stand.stop();
  });

  async function memberOf(accountId: string): Promise<string> {
    return addMember(state.stand.ports, 'test', { accountId, userName: 'Bo', role: 'owner' });
  }
});
