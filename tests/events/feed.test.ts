import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/columns/index.ts';
import { type Answer, eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { appGrant } from './app-grant.ts';

type Json = Answer['body'];

describe('GET /v1/events', () => {
  let hub: TestHub;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    publisher = await hub.service();
  });
  afterAll(() => hub.stopAndForget());

  const publish = async (audience: string[], over: Record<string, unknown> = {}): Promise<string> => {
    const answer = await hub.call('POST', '/v1/events', publisher, eventFor(audience, over));
    expect(answer.body).toMatchObject({ status: 'accepted' });
    return answer.body.id;
  };
  const feed = (token: string, query = '') => hub.call('GET', `/v1/events${query}`, token);
  const idsOf = (answer: { body: Json }): string[] =>
    answer.body.data.map((event: { id: string }) => event.id);

  test('a poller that goes on from its cursor sees each event once, oldest first', async () => {
    const { id, token } = await hub.account();
    const wanted: string[] = [];
    const seen: string[] = [];
    let after = '';
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < round; i++) wanted.push(await publish([id]));
      const page = await feed(token, `?limit=2&after=${after}`);
      expect(page.status).toBe(200);
      seen.push(...idsOf(page));
      after = page.body.next_cursor;
      expect(after).toEqual(expect.any(String));
    }
    const rest = await feed(token, `?after=${after}`);
    seen.push(...idsOf(rest));
    expect(seen).toEqual(wanted);
    const empty = await feed(token, `?after=${rest.body.next_cursor}`);
    expect(empty.body).toEqual({ data: [], next_cursor: rest.body.next_cursor });
  });

  test('only the events of the own account are there', async () => {
    const [mine, other] = [await hub.account(), await hub.account()];
    const shared = await publish([mine.id, other.id]);
    await publish([other.id]);
    expect(idsOf(await feed(mine.token))).toEqual([shared]);
    expect((await feed(mine.token)).body.data[0]).toMatchObject({ account: mine.id, grant: mine.grantId });
  });

  test('types that the scopes do not reveal are skipped, in the feed and by id', async () => {
    const { id, token } = await hub.account(['bookings:read']);
    const hidden = await publish([id], { type: 'deliverable.submitted' });
    const shown = await publish([id]);
    expect(idsOf(await feed(token))).toEqual([shown]);
    expect((await hub.call('GET', `/v1/events/${hidden}`, token)).status).toBe(404);
    expect((await hub.call('GET', `/v1/events/${shown}`, token)).body).toEqual(
      (await feed(token)).body.data[0],
    );
  });

  test('types may be named, also by wildcard; a limit counts only what fits', async () => {
    const { id, token } = await hub.account();
    await publish([id]);
    await publish([id]);
    const rfp = await publish([id], { type: 'rfp.created' });
    const review = await publish([id], { type: 'review.published' });
    expect(idsOf(await feed(token, '?types=rfp.*,review.published&limit=1'))).toEqual([rfp]);
    expect(idsOf(await feed(token, '?types=rfp.*,%20review.published'))).toEqual([rfp, review]);
  });

  test('a reader may pin a version, as a subscription does, in the feed and by id', async () => {
    const { id, token } = await hub.account();
    const [event, review] = [await publish([id]), await publish([id], { type: 'review.published' })];
    const [asPublished] = (await feed(token)).body.data;
    const old = await feed(token, '?schema_version=1');
    expect(idsOf(old)).toEqual([event, review]);
    expect([asPublished.schema_version, old.body.data[0].schema_version]).toEqual([2, 1]);
    expect(asPublished.data).toHaveProperty('venue.name');
    expect(old.body.data[0].data).toMatchObject({ location: expect.any(String) });
    expect(old.body.data[0].data).not.toHaveProperty('venue');
    const byId = await hub.call('GET', `/v1/events/${event}?schema_version=1`, token);
    expect(byId.body).toEqual(old.body.data[0]);
    // Of both, one has it; what is older stays as it was published.
    expect((await feed(token, '?schema_version=2')).body.data[0]).toEqual(asPublished);
    expect((await feed(token, '?schema_version=2')).body.data[1].schema_version).toBe(1);
    for (const bad of ['9', '0', '1.5', 'x', '', '9&types=review.published', '2&types=review.published'])
      expect(await feed(token, `?schema_version=${bad}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid_parameter' },
      });
  });

  test('a type that is off by default is there only when it is named', async () => {
    const { id, token } = await hub.account(['messages:read', 'bookings:read']);
    const message = await publish([id], { type: 'message.direct' });
    expect(idsOf(await feed(token))).toEqual([]);
    expect(idsOf(await feed(token, '?types=message.direct'))).toEqual([message]);
  });

  test('an app sees nothing from before the consent, unless it included history', async () => {
    const { id } = await hub.account();
    const before = await publish([id]);
    const fresh = await appGrant(hub, id, ['bookings:read']);
    const withHistory = await appGrant(hub, id, ['bookings:read'], { history: true });
    const after = await publish([id]);
    expect(idsOf(await feed(fresh.token))).toEqual([after]);
    expect((await hub.call('GET', `/v1/events/${before}`, fresh.token)).status).toBe(404);
    expect(idsOf(await feed(withHistory.token))).toEqual([before, after]);
    expect((await feed(fresh.token)).body.data[0]).toMatchObject({ grant: fresh.grantId });
  });

  test('a grant that lost a scope reveals less at once, whatever the token says', async () => {
    const { id } = await hub.account();
    const app = await appGrant(hub, id, ['rfps:read'], { tokenScopes: ['rfps:read', 'bookings:read'] });
    const event = await publish([id]);
    expect(idsOf(await feed(app.token))).toEqual([]);
    expect((await hub.call('GET', `/v1/events/${event}`, app.token)).status).toBe(404);
  });

  test('a quarantined event is nowhere', async () => {
    const { id, token } = await hub.account();
    const event = eventFor([id]);
    event['data'].status = 'nonsense';
    const answer = await hub.call('POST', '/v1/events', publisher, event);
    expect(answer.body.status).toBe('quarantined');
    expect(idsOf(await feed(token))).toEqual([]);
    expect((await hub.call('GET', `/v1/events/${answer.body.id}`, token)).status).toBe(404);
  });

  test('a reader of a rare type gets to it past thousands of others', async () => {
    const { id, token } = await hub.account();
    for (let batch = 0; batch < 3; batch++) {
      const events = Array.from({ length: 500 }, () => eventFor([id], { type: 'review.published' }));
      expect((await hub.call('POST', '/v1/events', publisher, { events })).status).toBe(202);
    }
    const rare = await publish([id], { type: 'rfp.created' });
    expect(idsOf(await feed(token, '?types=rfp.created&limit=1'))).toEqual([rare]);
  });

  test('If-None-Match answers 304 until something new comes', async () => {
    const { id, token } = await hub.account();
    await publish([id]);
    const first = await feed(token);
    const etag = first.headers.get('etag') ?? '';
    const again = () => hub.call('GET', '/v1/events', token, undefined, { 'if-none-match': `W/${etag}` });
    const unchanged = await again();
    expect(unchanged).toMatchObject({ status: 304, body: null });
    expect(unchanged.headers.get('etag')).toBe(etag);
    await publish([id]);
    expect((await again()).status).toBe(200);
  });

  test('what is asked wrongly is refused', async () => {
    const { token } = await hub.account();
    const codeOf = async (query: string, who: string | null = token) => {
      const answer = await hub.call('GET', `/v1/events${query}`, who);
      return [answer.status, answer.body.code];
    };
    expect(await codeOf('', null)).toEqual([401, 'unauthenticated']);
    expect(await codeOf('', publisher)).toEqual([403, 'forbidden']);
    expect(await codeOf('?after=nonsense')).toEqual([400, 'invalid_cursor']);
    expect(await codeOf(`?after=${encodeCursor('feed', [0, 1.5])}`)).toEqual([400, 'invalid_cursor']);
    expect(await codeOf(`?after=${encodeCursor('feed', [0, -1])}`)).toEqual([400, 'invalid_cursor']);
    expect(await codeOf(`?after=${encodeCursor('deliveries', [0])}`)).toEqual([400, 'invalid_cursor']);
    expect(await codeOf('?types=booking.imagined')).toEqual([400, 'invalid_parameter']);
    expect(await codeOf('?types=')).toEqual([400, 'invalid_parameter']);
    expect(await codeOf('?limit=0')).toEqual([400, 'invalid_parameter']);
    expect(await codeOf('?limit=101')).toEqual([400, 'invalid_parameter']);
    expect(await codeOf('?limit=ten')).toEqual([400, 'invalid_parameter']);
    expect(await codeOf('?since=1')).toEqual([400, 'invalid_parameter']);
    expect((await hub.call('GET', '/v1/events/evt_nobody', token)).status).toBe(404);
    expect((await hub.call('GET', '/v1/events/EVT%00', token)).status).toBe(404);
    expect((await hub.call('GET', '/v1/events/evt_nobody', null)).status).toBe(401);
    expect((await hub.call('GET', '/v1/events/evt_nobody', publisher)).status).toBe(403);
  });
});
