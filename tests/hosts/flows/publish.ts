import { expect, test } from 'vitest';
import { manifestDigest, type ManifestFile } from '#src/catalog';
import { createNodeDigest } from '../../../src/adapters/digest-node.ts';
import { eventFor } from '../../harness/hub.ts';
import { readFeed } from '../feed.ts';
import { bodyOf, eventually } from '../stand.ts';
import type { Flows } from '../suite.ts';

type Manifest = { manifest: { files: ManifestFile[] } };

/** What comes in: once, many, too much, broken. */
export const publishFlows: Flows = (stand) => {
  test('the same event again is a duplicate and sends nothing; the same id with other bytes is a conflict', async () => {
    const { account, subscribe, inStates, call, core, deliveries } = stand();
    const person = await account();
    const sub = await subscribe(person);
    const event = eventFor([person.id], { id: `evt_once_${person.id}` });
    const post = (body: unknown, headers = {}) => call('POST', '/v1/events', core, body, headers);
    const [first, again] = [await post(event), await post(event)];
    expect(first).toMatchObject({ status: 202, body: { status: 'accepted', id: event['id'] } });
    expect(again).toMatchObject({ status: 202, body: { ...first.body, status: 'duplicate' } });
    expect(await post({ ...event, city: 'austin' })).toMatchObject({ status: 409 });

    const { id: _, ...nameless } = eventFor([person.id]);
    const key = { 'idempotency-key': `key-${person.id}` };
    const keyed = await post(nameless, key);
    expect(await post(nameless, key)).toMatchObject({ body: { ...keyed.body, status: 'duplicate' } });
    expect(await post({ ...nameless, city: 'austin' }, key)).toMatchObject({ status: 409 });

    await inStates(person, sub, ['delivered', 'delivered']);
    expect(sub.sink.received).toHaveLength(2);
    expect(await deliveries(person, { event: String(event['id']) })).toHaveLength(1);
  });

  test('publishers that meet with one event make one of it', async () => {
    const { account, subscribe, inStates, via, core } = stand();
    const person = await account();
    const sub = await subscribe(person);
    const event = eventFor([person.id], { id: `evt_met_${person.id}` });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, place) => via(place)('POST', '/v1/events', core, event)),
    );
    const words = answers.map(({ body }) => body.status as string).sort();
    expect(words).toEqual(['accepted', ...Array.from({ length: 7 }, () => 'duplicate')]);
    await inStates(person, sub, ['delivered']);
    expect(sub.sink.received).toHaveLength(1);
  });

  test('a batch answers for each event, and what was accepted arrives once each', async () => {
    const { account, subscribe, call, core, deliveries } = stand();
    const person = await account();
    const sub = await subscribe(person, { max_per_second: 500 });
    const good = Array.from({ length: 95 }, () => eventFor([person.id]));
    const { confirmed_at: _, ...data } = eventFor([person.id])['data'] as Record<string, unknown>;
    const events = [...good, { ...eventFor([person.id]), data }, { type: 'booking.confirmed' }];
    const { status, body } = await call('POST', '/v1/events', core, { events });
    expect(status).toBe(202);
    const results = body.results as { id: string; status: string }[];
    const accepted = results.slice(0, 95);
    expect(new Set(accepted.map((one) => one.status))).toEqual(new Set(['accepted']));
    expect(results.slice(95).map((one) => one.status)).toEqual(['quarantined', 'invalid']);
    await eventually('all arrive', () => sub.sink.received.length >= 95);
    const arrived = sub.sink.received.map((one) => bodyOf(one).id as string);
    expect(arrived.sort()).toEqual(accepted.map(({ id }) => id).sort());
    expect(await deliveries(person, { event: results[95]!.id })).toEqual([]);
  });

  test('large events arrive whole, several of them in one request', async () => {
    const { account, subscribe, inStates, call, core } = stand();
    const person = await account();
    const sub = await subscribe(person, { event_types: ['deliverable.submitted'], max_per_second: 500 });
    const names = ({ data }: { data: Manifest }) => data.manifest.files.map(({ name }) => name);
    const wide = (n: number) => {
      const type = 'deliverable.submitted';
      const event = eventFor([person.id], { type, subject: `deliverables/${person.id}_${n}` });
      const data = event['data'] as Manifest;
      const [file] = data.manifest.files as [ManifestFile];
      const files = Array.from({ length: 400 }, (_, i) => ({
        ...file,
        name: `${n}-${i}-${'x'.repeat(200)}.jpg`,
      }));
      return {
        ...event,
        subject: String(event['subject']),
        data: { ...data, manifest: { files, sha256: manifestDigest(createNodeDigest(), files) } },
      };
    };
    const events = Array.from({ length: 3 }, (_, n) => wide(n));
    const { body } = await call('POST', '/v1/events', core, { events });
    expect(body).toMatchObject({ results: events.map(() => ({ status: 'accepted' })) });
    await inStates(person, sub, ['delivered', 'delivered', 'delivered']);
    expect(sub.sink.received).toHaveLength(events.length);
    for (const got of sub.sink.received.map((one) => bodyOf(one))) {
      const sent = events.find(({ subject }) => subject === got.subject);
      expect(names(got)).toEqual(names(sent!));
    }
  });

  test('a broken event is kept and delivered to nobody; mended and re-driven it arrives once, with its old number', async () => {
    const { account, subscribe, publish, inStates, call, core } = stand();
    const person = await account();
    const sub = await subscribe(person);
    const subject = `bookings/mended_${person.id}`;
    const good = eventFor([person.id], { subject });
    const { confirmed_at: _, ...data } = good['data'] as Record<string, unknown>;
    const kept = await call('POST', '/v1/events', core, { ...good, data });
    expect(kept).toMatchObject({ status: 202, body: { status: 'quarantined', sequence: 1 } });
    const id = kept.body.id as string;
    const after = await publish([person], { subject });
    expect(after.sequence).toBe(2);
    await inStates(person, sub, ['delivered']);

    const shown = await call('GET', `/v1/quarantine/${id}`, core);
    expect(shown.body.reasons).toMatchObject([{ pointer: '/confirmed_at' }]);
    const redrive = (body?: unknown) => call('POST', `/v1/quarantine/${id}/redrive`, core, body);
    expect(await redrive()).toMatchObject({ status: 422 });
    expect(await redrive({ data: good['data'] })).toMatchObject({
      status: 200,
      body: { id, status: 'accepted', sequence: 1 },
    });
    expect(await redrive({ data: good['data'] })).toMatchObject({ status: 409 });
    await inStates(person, sub, ['delivered', 'delivered']);
    const got = sub.sink.received.map((one) => [bodyOf(one).id, bodyOf(one).sequence]);
    expect(got).toEqual([
      [after.id, 2],
      [id, 1],
    ]);
    // Whoever polls has passed what was accepted meanwhile: it comes behind that.
    expect(await readFeed(stand(), person, 2)).toMatchObject([{ id: after.id }, { id }]);
  });

  test('what is wrong is answered with a problem document, and never with 500', async () => {
    const { account, call, core } = stand();
    const { token } = await account();
    const answers = [
      [401, await call('POST', '/v1/events', null, {})],
      [401, await call('GET', '/v1/me', 'pbk_kl_nobody')],
      [403, await call('POST', '/v1/events', token, eventFor(['acc_x']))],
      [404, await call('GET', '/v1/nothing', core)],
      [404, await call('GET', '/v1/events/evt_nobody', token)],
      [405, await call('DELETE', '/v1/events', core)],
      [400, await call('POST', '/v1/events', core, '{')],
      [400, await call('GET', '/v1/events?after=what', token)],
      [413, await call('POST', '/v1/events', core, { pad: 'x'.repeat(300 * 1_024) })],
      [415, await call('POST', '/v1/events', core, '{}', { 'content-type': 'text/plain' })],
      [422, await call('POST', '/v1/events', core, {})],
      [422, await call('POST', '/v1/subscriptions', token, { event_types: ['no.such'] })],
    ] as const;
    for (const [status, answer] of answers) {
      expect(answer.status, JSON.stringify(answer.body)).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.body).toMatchObject({ status, request_id: expect.stringMatching(/^req_/) as string });
    }
  });
};
