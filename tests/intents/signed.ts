import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { appGrant } from '../events/app-grant.ts';
import { revokeAccess } from '../../src/revocations/index.ts';
import type { Answer, TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { partnerApp, wish } from './wishes.ts';

type Message = { id?: string; at?: Date; over?: Record<string, string> };
export type Sender = { id: string; url: string; secret: string };

/** As any tool that speaks Standard Webhooks sends: signed by the standard's own library. */
export function sendSigned(
  { call }: Pick<TestHub, 'call'>,
  { url, secret }: Pick<Sender, 'url' | 'secret'>,
  body: unknown,
  { id = `msg_${crypto.randomUUID()}`, at = new Date(), over = {} }: Message = {},
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { pathname, search } = new URL(url);
  return call('POST', pathname + search, null, text, {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, text),
    ...over,
  });
}

/** What a signature in place of a token opens, and what it does not. */
export function signedFlows(on: { hub: TestHub }): void {
  const make = async (token: string): Promise<Sender> => {
    const made = await on.hub.call('POST', '/v1/rfps/senders', token, { label: 'our CRM' });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body.secret).toMatch(/^whsec_/);
    return made.body as Sender;
  };
  const send = (sender: Sender, body: unknown, how: Message = {}) => sendSigned(on.hub, sender, body, how);
  const refusedWith = (why: RegExp) => ({
    status: 401,
    body: { code: 'signature_invalid', detail: expect.stringMatching(why) },
  });

  test('a sender of an account, and one of an app, ask by the signature of the standard’s own library [S2-36]', async () => {
    const { id, token, tokenId } = await on.hub.account(['rfps:create']);
    const body = wish();
    const sender = await make(token);
    const asked = await send(sender, body);
    expect(asked).toMatchObject({ status: 202, body: { state: 'pending_review', kind: 'rfp.create' } });
    // It is the account's own: its token sees it, and asks for the same.
    const read = await on.hub.call('GET', `/v1/rfps/requests/${asked.body.id}`, token);
    expect(read.body).toEqual(asked.body);
    expect((await on.hub.call('POST', '/v1/rfps', token, body)).body.id).toBe(asked.body.id);
    const { audit, intents } = on.hub.hub.store.tables;
    const [row] = await on.hub.hub.store.db.select().from(intents).where(eq(intents.id, asked.body.id));
    expect(row).toMatchObject({ source: `account:${id}`, accountId: id });
    const trail = await on.hub.hub.store.db.select().from(audit).where(eq(audit.subject, asked.body.id));
    expect(trail).toMatchObject([{ action: 'intent.record', actor: `token:${sender.id}` }]);

    const app = await partnerApp(on.hub);
    const ofApp = await make(app.token);
    const own = await send(ofApp, wish());
    expect(own.status, JSON.stringify(own.body)).toBe(202);
    const [ofPartner] = await on.hub.hub.store.db.select().from(intents).where(eq(intents.id, own.body.id));
    expect(ofPartner).toMatchObject({
      source: `app:${app.appId}`,
      partnerId: app.partnerId,
      accountId: null,
    });
    const listed = await on.hub.call('GET', '/v1/rfps/senders', token);
    expect(listed.body.data).toMatchObject([{ id: sender.id, made_by: tokenId }]);
    expect(JSON.stringify(listed.body)).not.toContain(sender.secret);
  });

  test('the same message again is the same; its id stands for one body [S2-36]', async () => {
    const sender = await make((await on.hub.account(['rfps:create'])).token);
    const [body, at] = [wish(), new Date()];
    const first = await send(sender, body, { id: 'msg_1', at });
    for (let i = 0; i < 2; i += 1)
      expect(await send(sender, body, { id: 'msg_1', at })).toMatchObject({ status: 202, body: first.body });
    expect(await send(sender, wish(), { id: 'msg_1' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    });
    const key = { over: { 'idempotency-key': 'run-1' } };
    expect((await send(sender, body, { id: 'msg_2', ...key })).body.id).toBe(first.body.id);
    const { token } = await on.hub.account(['rfps:create']);
    // Another sender's messages have ids of their own.
    expect((await send(await make(token), wish(), { id: 'msg_1' })).status).toBe(202);
  });

  test('what is not signed by it, now, over these bytes is 401 before anything of it is read', async () => {
    const sender = await make((await on.hub.account(['rfps:create'])).token);
    const other = await make((await on.hub.account(['rfps:create'])).token);
    const signed = await send(sender, wish());
    expect(signed.status).toBe(202);
    const minutes = (n: number): Date => new Date(Date.now() + n * 60_000);
    const no = refusedWith(/No secret of this sender/);
    expect(await send({ ...sender, secret: other.secret }, wish())).toMatchObject(no);
    expect(
      await send({ ...sender, url: sender.url.replace(sender.id, on.hub.hub.ids.newId('tok')) }, wish()),
    ).toMatchObject(no);
    const stranger = on.hub.hub.ids.newId('sub');
    expect(await send({ ...sender, url: sender.url.replace(sender.id, stranger) }, wish())).toMatchObject(
      refusedWith(/names no sender/),
    );
    expect(await send(sender, wish(), { over: { 'webhook-signature': 'v1,AAAA v1a,AAAA' } })).toMatchObject(
      no,
    );
    expect(await send(sender, wish(), { over: { 'webhook-id': 'msg_other' } })).toMatchObject(no);
    // Not even that it is no JSON is told.
    expect(await send({ ...sender, secret: other.secret }, '{"a":')).toMatchObject(no);
    expect(await send(sender, wish(), { at: minutes(-6) })).toMatchObject(refusedWith(/five minutes/));
    expect(await send(sender, wish(), { at: minutes(6) })).toMatchObject(refusedWith(/five minutes/));
    expect(await send(sender, wish(), { id: 'a.1' })).toMatchObject(refusedWith(/without a dot/));
    const { token } = await on.hub.account(['rfps:create']);
    const both = { over: { authorization: `Bearer ${token}` } };
    expect(await send(sender, wish(), both)).toMatchObject(refusedWith(/not both/));
    const path = sender.url.slice(new URL(sender.url).origin.length);
    expect(await on.hub.call('POST', path, null, wish())).toMatchObject(refusedWith(/Send webhook-id/));
    // Signed well, it is as strict as ever.
    expect((await send(sender, '{"a":')).body.code).toBe('invalid_json');
    expect((await send(sender, { ...wish(), budget_cents: 5 })).body.code).toBe('validation_failed');
    expect((await send(sender, wish({ brief: 'x'.repeat(70_000) }))).status).toBe(413);
    expect((await send(sender, wish(), { over: { 'content-type': 'text/plain' } })).status).toBe(415);
  });

  test('a rotation leaves both secrets right for a while, or the new one alone', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const old = await make(token);
    const rotate = async (body?: unknown): Promise<Sender> =>
      (await on.hub.call('POST', `/v1/rfps/senders/${old.id}/secret/rotate`, token, body)).body;
    const next = await rotate();
    for (const sender of [old, next]) expect((await send(sender, wish())).status).toBe(202);
    const last = await rotate({ overlap_seconds: 0 });
    expect((await send(last, wish())).status).toBe(202);
    for (const sender of [old, next]) expect((await send(sender, wish())).status).toBe(401);
    const { token: stranger } = await on.hub.account(['rfps:create']);
    const path = `/v1/rfps/senders/${old.id}`;
    expect((await on.hub.call('POST', `${path}/secret/rotate`, stranger)).status).toBe(404);
    expect((await on.hub.call('DELETE', path, stranger)).status).toBe(404);
  });

  test('it ends with what it hangs below, at once, and is made by nobody who acts by a consent', async () => {
    const mine = await on.hub.account(['rfps:create', 'tokens:manage']);
    const sender = await make(mine.token);
    const ended = await on.hub.call('DELETE', `/v1/rfps/senders/${sender.id}`, mine.token);
    expect(ended.status).toBe(202);
    expect((await send(sender, wish())).status).toBe(401);
    const { secrets } = on.hub.hub.store.tables;
    const left = await on.hub.hub.store.db
      .select()
      .from(secrets)
      .where(eq(secrets.subscriptionId, sender.id));
    expect(left).toEqual([]);

    const next = await make(mine.token);
    expect((await send(next, wish())).status).toBe(202);
    expect((await on.hub.call('DELETE', `/v1/tokens/${mine.tokenId}`, mine.token)).status).toBe(202);
    expect((await send(next, wish())).status).toBe(401);

    const whole = await on.hub.account(['rfps:create']);
    const below = await make(whole.token);
    await revokeAccess(on.hub.hub, 'test', { level: 'account', id: whole.id, reason: 'requested' });
    expect((await send(below, wish())).status).toBe(401);
    const isShredded = async () =>
      (await on.hub.hub.store.db.select().from(secrets).where(eq(secrets.subscriptionId, below.id)))
        .length === 0;
    await until('its secret is destroyed', isShredded);

    const app = await appGrant(on.hub, mine.id, ['rfps:create']);
    const asked = await on.hub.call('POST', '/v1/rfps/senders', app.token, { label: 'x' });
    expect(asked).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const reader = await on.hub.account(['rfps:read']);
    expect((await on.hub.call('POST', '/v1/rfps/senders', reader.token, { label: 'x' })).body.code).toBe(
      'scope_missing',
    );
    const labelled = await on.hub.account(['rfps:create']);
    expect((await on.hub.call('POST', '/v1/rfps/senders', labelled.token, {})).status).toBe(422);
  });
}
