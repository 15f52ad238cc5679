/** What the sponsor's policies promise, held against a running hub: what breaks one reaches nobody, and nobody but the core can say it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { sampleEvent, scopeNames, scopes } from '../../src/catalog/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

type Manifest = { files: Record<string, unknown>[] };

describe('policies', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    publisher = await hub.service();
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  const subscribed = async (event_types: string[]) => {
    const me = await hub.account();
    const path = `/${me.id}`;
    const made = await hub.call('POST', '/v1/subscriptions', me.token, {
      endpoint: { type: 'webhook', url: sink.origin + path },
      event_types,
    });
    expect(made.status).toBe(201);
    const typesReceived = () =>
      sink.received
        .filter((one) => one.path === path)
        .map(({ body }) => (JSON.parse(body) as { type: string }).type);
    const deliveries = async () => (await hub.call('GET', '/v1/deliveries', me.token)).body.data as unknown[];
    return { ...me, typesReceived, deliveries };
  };
  const publish = async (event: Record<string, unknown>) =>
    (await hub.call('POST', '/v1/events', publisher, event)).body as {
      id: string;
      status: string;
      reasons?: unknown;
    };

  test('a deliverable with a blocked file is kept, and is delivered to nobody [S1-23]', async () => {
    const me = await subscribed(['deliverable.*']);
    const data = sampleEvent('deliverable.submitted', 1, 5);
    const manifest = data['manifest'] as Manifest;
    const files = manifest.files.map((one) => ({ ...one, content_rating: 'blocked' }));
    const event = eventFor([me.id], {
      type: 'deliverable.submitted',
      data: { ...data, manifest: { ...manifest, files } },
    });
    expect(await publish(event)).toMatchObject({
      status: 'quarantined',
      reasons: files.map(() => ({ code: 'policy' })),
    });
    // One that is right, after it: when this one is here, the other would have been.
    expect(await publish(eventFor([me.id], { type: 'deliverable.submitted' }))).toMatchObject({
      status: 'accepted',
    });
    await until('the right one arrives', () => me.typesReceived().length > 0);
    expect(await me.deliveries()).toHaveLength(1);
  });

  test('a manifest that is not what its digest says is kept; mended, it is re-driven [S2-10]', async () => {
    const me = await subscribed(['deliverable.*']);
    const event = eventFor([me.id], { type: 'deliverable.accepted' });
    const data = event['data'] as { manifest: { sha256: string } };
    const manifest = { ...data.manifest, sha256: '0'.repeat(64) };
    const kept = await publish({ ...event, data: { ...data, manifest } });
    expect(kept).toMatchObject({
      status: 'quarantined',
      reasons: [{ code: 'policy', pointer: '/manifest/sha256' }],
    });
    const redrive = (body: unknown) => hub.call('POST', `/v1/quarantine/${kept.id}/redrive`, publisher, body);
    expect(await redrive({})).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/data/manifest/sha256' }] },
    });
    expect(await redrive({ data })).toMatchObject({ status: 200, body: { status: 'accepted' } });
    await until('it arrives', () => me.typesReceived().length > 0);
  });

  test('an instant booking without a verified identity is kept, and is delivered to nobody [S1-27] [S2-12]', async () => {
    const me = await subscribed(['instant_book.*', 'booking.*']);
    const { id_verified_at: _gone, ...data } = sampleEvent('instant_book.confirmed', 2, 5);
    expect(await publish(eventFor([me.id], { type: 'instant_book.confirmed', data }))).toMatchObject({
      status: 'quarantined',
      reasons: [{ pointer: '/id_verified_at' }],
    });
    expect(await publish(eventFor([me.id]))).toMatchObject({ status: 'accepted' });
    await until('another event arrives', () => me.typesReceived().length > 0);
    expect(me.typesReceived()).toEqual(['booking.confirmed']);
    expect(await me.deliveries()).toHaveLength(1);
  });

  test('whatever its scopes, a token of an account can neither accept a deliverable nor verify an identity [S2-11] [S1-27]', async () => {
    const { id: accountId } = await hub.account();
    const wish = { label: 'all', env: 'live' as const, accountId };
    await expect(
      createPersonalToken(hub.hub, 'test', { ...wish, scopes: ['events:publish'] }),
    ).rejects.toThrow();
    const held = scopeNames.filter((name) => !scopes[name].serviceOnly);
    expect(held).toContain('deliverables:read');
    const { token } = await createPersonalToken(hub.hub, 'test', { ...wish, scopes: held });
    for (const type of ['deliverable.accepted', 'instant_book.confirmed', 'escrow.released']) {
      const answer = await hub.call('POST', '/v1/events', token, eventFor([accountId], { type }));
      expect([answer.status, answer.body.code]).toEqual([403, 'scope_missing']);
    }
  });

  test('who subscribed to one type gets no other [S2-27]', async () => {
    const me = await subscribed(['booking.cancelled']);
    for (const type of ['booking.confirmed', 'booking.requested', 'review.published', 'booking.cancelled'])
      expect(await publish(eventFor([me.id], { type }))).toMatchObject({ status: 'accepted' });
    await until('the wanted one arrives', () => me.typesReceived().length > 0);
    expect(me.typesReceived()).toEqual(['booking.cancelled']);
    expect(await me.deliveries()).toHaveLength(1);
  });
});
