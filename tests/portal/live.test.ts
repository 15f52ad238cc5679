import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, revoke } from '../../src/access/index.ts';
import { createSignInLink } from '../../src/sessions/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('a live list', () => {
  let hub: TestHub;
  let sink: Sink;
  let account: Awaited<ReturnType<TestHub['account']>>;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    account = await hub.account();
    const wish = { endpoint: { type: 'webhook', url: sink.origin }, event_types: ['booking.*'] };
    await hub.call('POST', '/v1/subscriptions', account.token, wish);
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  const signIn = async (of: TestHub = hub, accountId = account.id) => {
    const userId = await addMember(of.hub, 'test', { accountId, userName: 'Ana', role: 'owner' });
    const link = new URL((await createSignInLink(of.hub, 'test', userId)).url).searchParams.get('link') ?? '';
    const answer = await fetch(`${of.origin}/portal/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ link }),
      headers: { origin: of.origin },
    });
    return { userId, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  };
  /** What has come so far, and how it ended. */
  const listen = async (cookie: string, of: TestHub = hub, path = '/portal/live/deliveries') => {
    const leaving = new AbortController();
    const answer = await fetch(of.origin + path, { headers: { cookie }, signal: leaving.signal });
    const heard = { text: '', end: null as 'closed' | 'broken' | null };
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const read = async (): Promise<void> => {
      const { done, value = '' } = (await reader?.read()) ?? { done: true };
      heard.text += value;
      if (done) heard.end = 'closed';
      else await read();
    };
    void read().catch(() => {
      heard.end = 'broken';
    });
    return { answer, heard, leave: () => leaving.abort() };
  };
  const publish = async () => {
    await hub.call('POST', '/v1/events', await hub.service(), eventFor([account.id]));
  };

  test('hears that something changed, and nothing else', async () => {
    const { cookie } = await signIn();
    const { answer, heard, leave } = await listen(cookie);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    await publish();
    await until('it was told', () => heard.text.includes('event: changed'));
    expect(heard.text).not.toContain('booking');
    leave();
  });

  test('is for who is signed in, and for four at once of a session; the fifth is let in when one leaves', async () => {
    expect((await listen('')).answer.status).toBe(204);
    const { cookie } = await signIn();
    const open = await Promise.all(Array.from({ length: 6 }, () => listen(cookie)));
    const statuses = open.map(({ answer }) => answer.status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 200, 200, 200, 204, 204]);
    open.find(({ answer }) => answer.status === 200)?.leave();
    await until('there is room', async () => {
      const next = await listen(cookie);
      next.leave();
      return next.answer.status === 200;
    });
    for (const { leave } of open) leave();
  });

  test('is refused for what is not there, and for another account’s', async () => {
    const { cookie } = await signIn();
    const other = await hub.account();
    const receipt = await revoke(hub.hub, {
      level: 'token',
      id: other.tokenId,
      reason: 'user',
      actor: 'test',
    });
    for (const path of [`revocations/${receipt.id}`, 'revocations/rvk_nothing', 'deliveries/dlv_nothing'])
      expect((await listen(cookie, hub, `/portal/live/${path}`)).answer.status).toBe(404);
  });

  test('ends when the person is revoked, and when they sign out', async () => {
    const revoked = await signIn();
    const first = await listen(revoked.cookie);
    await revoke(hub.hub, { level: 'user', id: revoked.userId, reason: 'test', actor: 'test' });
    await until('the revoked one ends', () => first.heard.end === 'closed');
    expect((await listen(revoked.cookie)).answer.status).toBe(204);

    const leaving = await signIn();
    const second = await listen(leaving.cookie);
    const page = await (
      await fetch(`${hub.origin}/portal/account`, { headers: { cookie: leaving.cookie } })
    ).text();
    const form_key = /name="form_key" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await fetch(`${hub.origin}/portal/sign-out`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ form_key }),
      headers: { cookie: leaving.cookie, origin: hub.origin },
    });
    await until('the signed out one ends', () => second.heard.end === 'closed');
  });

  test('ends by itself when the hub stops, so that nothing has to be cut', async () => {
    const stopping = await startTestHub();
    const there = await stopping.account();
    const { cookie } = await signIn(stopping, there.id);
    const { heard } = await listen(cookie, stopping);
    await stopping.stopAndForget();
    await until('it ended', () => heard.end !== null);
    expect(heard.end).toBe('closed');
  });
});
