import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Desk, InboundHub, IntentDraft, Received } from '#kit';
import { connector } from '../../connectors/hubspot/index.ts';
import { chosen } from './hubspot-account.ts';

const secret = 'fake-client-secret-of-the-app';
const now = new Date('2026-11-21T15:00:00.000Z');
const address = 'https://hub.example/v1/inbound/hubspot';

const move = {
  portalId: 62515,
  appId: 54321,
  eventId: 100,
  subscriptionId: 7,
  occurredAt: 1_795_000_000_000,
  subscriptionType: 'deal.propertyChange',
  propertyName: 'dealstage',
  propertyValue: 'closedwon',
  attemptNumber: 0,
  objectId: 9001,
  changeSource: 'CRM_UI',
  sourceId: 'userId:42',
};

/** As HubSpot's own page describes it, by another implementation than ours. */
function sent(
  body: string,
  over: { secret?: string; at?: number; url?: string; signedUrl?: string } = {},
): Received {
  const timestamp = String(over.at ?? now.getTime());
  const signature = createHmac('sha256', over.secret ?? secret)
    .update(`POST${over.signedUrl ?? over.url ?? address}${body}${timestamp}`)
    .digest('base64');
  const headers = new Headers({
    'x-hubspot-signature-v3': signature,
    'x-hubspot-request-timestamp': timestamp,
  });
  return { method: 'POST', url: over.url ?? address, headers, raw: new TextEncoder().encode(body) };
}

const verify = (received: Received) => connector.verify!(received, secret, now);

describe('the v3 signature', () => {
  const body = JSON.stringify([{ ...move, propertyValue: 'Größe ✓' }]);

  it('is taken within five minutes on either side', async () => {
    for (const at of [0, -299_000, 299_000])
      expect(await verify(sent(body, { at: now.getTime() + at }))).toEqual({ ok: true });
  });

  it.each([
    ['stale', sent(body, { at: now.getTime() - 301_000 })],
    ['from the future', sent(body, { at: now.getTime() + 301_000 })],
    ['another app’s', sent(body, { secret: 'fake-secret-of-another-app' })],
    ['for another address', sent(body, { signedUrl: 'https://hub.example/v1/inbound/slack' })],
    [
      'for the address behind the proxy',
      sent(body, { signedUrl: 'http://10.0.0.7:3000/v1/inbound/hubspot' }),
    ],
  ])('%s is refused', async (_, received) => {
    expect((await verify(received)).ok).toBe(false);
  });

  it('covers the bytes as they came', async () => {
    const good = sent('[{"portalId":62515}]');
    expect(await verify({ ...good, raw: new TextEncoder().encode('[{"portalId": 62515}]') })).toMatchObject({
      ok: false,
    });
  });

  it('is over the decoded address', async () => {
    const url = `${address}?of=a%3Ab%2Fc`;
    expect(await verify(sent(body, { url, signedUrl: `${address}?of=a:b/c` }))).toEqual({ ok: true });
  });

  it('v1 and v2 prove nothing here', async () => {
    const headers = new Headers({
      'x-hubspot-signature-version': 'v1',
      'x-hubspot-signature': createHmac('sha256', secret).update(body).digest('hex'),
      'x-hubspot-request-timestamp': String(now.getTime()),
    });
    expect(await verify({ ...sent(body), headers })).toEqual({ ok: false, why: 'no v3 signature' });
  });

  it.each(['', 'soon', '-1', '1e9'])('a timestamp of “%s” is none', async (timestamp) => {
    const received = sent(body);
    received.headers.set('x-hubspot-request-timestamp', timestamp);
    expect(await verify(received)).toEqual({ ok: false, why: 'no timestamp' });
  });
});

describe('a deal that somebody moves', () => {
  let asks: (IntentDraft & { connection: string })[] = [];
  beforeEach(() => {
    asks = [];
  });

  const desk = (
    connectionId: string,
    over: { wants?: boolean; state?: string; options?: object; deals?: string[] } = {},
  ): Desk => ({
    connectionId,
    facts: {},
    status: () =>
      Promise.resolve({
        state: 'active',
        subscriptions: [
          {
            id: 'sub_1',
            eventTypes: ['rfp.*'],
            state: over.state ?? 'active',
            description: '',
            options: { ...chosen, stage_changes: over.wants ?? true, ...over.options },
          },
        ],
      }),
    keyOf: (id, begins) =>
      Promise.resolve((over.deals ?? ['9001']).includes(id) ? `${begins}rfp_01one` : null),
    mute: () => Promise.resolve(),
    unmute: () => Promise.resolve(),
    test: () => Promise.resolve({ sent: 0 }),
    disconnected: () => Promise.resolve(),
    changed: () => Promise.resolve(),
    ask: (intent) => {
      asks.push({ ...intent, connection: connectionId });
      return Promise.resolve('recorded');
    },
    fetch: () => Promise.reject(new Error('nothing is fetched here')),
    link: (path) => path,
  });
  const hub = (...desks: Desk[]): InboundHub => ({
    now: () => now,
    ofAccount: (id) => Promise.resolve(id === '62515' ? desks : []),
    own: null,
    once: () => Promise.resolve(true),
  });
  const receive = (body: unknown, ...desks: Desk[]) =>
    connector.receive!(sent(typeof body === 'string' ? body : JSON.stringify(body)), hub(...desks));

  it('asks for the stage of the RFP, in our words', async () => {
    const answer = await receive([move], desk('con_1'));
    expect(answer.status).toBe(204);
    expect(asks).toEqual([
      {
        kind: 'rfp.stage',
        key: '62515/9001/closedwon/1795000000000',
        subject: 'rfps/rfp_01one',
        stage: 'awarded',
        connection: 'con_1',
      },
    ]);
  });

  it.each([
    ['contractsent', 'quoted'],
    ['appointmentscheduled', 'open'],
    ['closedlost', 'closed'],
  ])('%s means %s', async (propertyValue, stage) => {
    await receive([{ ...move, propertyValue }], desk('con_1'));
    expect(asks).toEqual([expect.objectContaining({ stage })]);
  });

  it('the newer form of the same message is read alike', async () => {
    await receive(
      [{ ...move, subscriptionType: 'object.propertyChange', objectTypeId: '0-3' }],
      desk('con_1'),
    );
    expect(asks).toHaveLength(1);
  });

  it.each<[string, object, Parameters<typeof desk>[1]?]>([
    ['nobody has switched it on: that is the default', {}, { wants: false }],
    ['the subscription is paused', {}, { state: 'paused' }],
    ['the options no longer fit', {}, { options: { owner: 1 } }],
    ['the deal is none of ours', { objectId: 17 }],
    ['the stage means nothing to the brand', { propertyValue: '991' }],
    ['it is our own write coming back', { changeSource: 'INTEGRATION', sourceId: '54321' }],
    ['an app wrote it, and which one is not told', { changeSource: 'INTEGRATION', sourceId: undefined }],
    ['another property changed', { propertyName: 'amount' }],
    ['it is another kind of record', { subscriptionType: 'object.propertyChange', objectTypeId: '0-1' }],
    ['it is another kind of change', { subscriptionType: 'deal.creation' }],
    ['the account is nobody’s here', { portalId: 1 }],
    ['there is no id in it', { objectId: {} }],
  ])('asks for nothing where %s', async (_, change, over) => {
    expect((await receive([{ ...move, ...change }], desk('con_1', over))).status).toBe(204);
    expect(asks).toEqual([]);
  });

  it('another app that moves the deal is somebody', async () => {
    await receive([{ ...move, changeSource: 'INTEGRATION', sourceId: '99999' }], desk('con_1'));
    expect(asks).toHaveLength(1);
  });

  it('a retry, and a second subscription of the app that tells of the same move, ask for the same intent', async () => {
    await receive([move, { ...move, eventId: 101, subscriptionId: 8 }], desk('con_1'));
    await receive([{ ...move, attemptNumber: 3 }], desk('con_1'));
    expect(new Set(asks.map(({ key }) => key)).size).toBe(1);
  });

  it('a failure of ours is not answered as done: HubSpot sends again', async () => {
    const broken = { ...desk('con_1'), ask: () => Promise.reject(new Error('the store is gone')) };
    await expect(receive([move], broken)).rejects.toThrow('the store is gone');
  });

  it('each connection to the account is asked for its own', async () => {
    await receive([move], desk('con_1', { deals: [] }), desk('con_2'), desk('con_3', { wants: false }));
    expect(asks.map(({ connection }) => connection)).toEqual(['con_2']);
  });

  it.each(['', '{}', 'null', '[', '<html>'])('a body of “%s” is answered with 400', async (body) => {
    expect((await receive(body, desk('con_1'))).status).toBe(400);
  });

  it('a list of what is none is passed over', async () => {
    expect((await receive([null, 7, 'x', [], {}], desk('con_1'))).status).toBe(204);
  });
});
