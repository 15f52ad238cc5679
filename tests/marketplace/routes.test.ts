import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/columns/index.ts';
import { appGrant } from '../events/app-grant.ts';
import { type Answer, eventFor, startTestHub, type TestHub } from '../harness/hub.ts';

type Json = Answer['body'];

const kinds = [
  { path: 'bookings', type: 'booking.confirmed', idField: 'booking_id', scope: 'bookings:read' },
  { path: 'rfps', type: 'rfp.created', idField: 'rfp_id', scope: 'rfps:read' },
  {
    path: 'deliverables',
    type: 'deliverable.submitted',
    idField: 'deliverable_id',
    scope: 'deliverables:read',
  },
  { path: 'reviews', type: 'review.published', idField: 'review_id', scope: 'reviews:read' },
] as const;

describe('the current state', () => {
  let hub: TestHub;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    publisher = await hub.service();
  });
  afterAll(() => hub.stopAndForget());

  const publish = async (audience: string[], type: string, data: Record<string, unknown> = {}, over = {}) => {
    const event = eventFor(audience, { type, ...over });
    Object.assign(event['data'], data);
    const answer = await hub.call('POST', '/v1/events', publisher, event);
    expect(answer.body).toMatchObject({ status: 'accepted' });
    return { id: answer.body.id as string, data: event['data'] as Record<string, Json> };
  };
  const read = (path: string, token: string | null, headers = {}) =>
    hub.call('GET', `/v1/${path}`, token, undefined, headers);

  test.each(kinds)('$path: one is shown as its newest event left it', async ({ path, type, idField }) => {
    const { id, token } = await hub.account();
    const subject = `${path}/one`;
    const first = await publish([id], type, {}, { subject });
    const key = first.data[idField];
    const second = await publish([id], type, { [idField]: key }, { subject });
    const shown = await read(`${path}/${key}`, token);
    expect(shown).toMatchObject({
      status: 200,
      body: { id: key, type, event: second.id, sequence: 2, subject },
    });
    expect(shown.body.data).toEqual((await hub.call('GET', `/v1/events/${second.id}`, token)).body.data);
    expect((await read(path, token)).body).toEqual({ data: [shown.body], next_cursor: null });
  });

  test.each(kinds)(
    '$path: refuses without a token, without $scope, and to a stranger',
    async ({ path, type, idField, scope }) => {
      const [mine, other, blind] = [
        await hub.account(),
        await hub.account(),
        await hub.account(['webhooks:manage']),
      ];
      const { data } = await publish([mine.id], type);
      for (const where of [path, `${path}/${data[idField]}`]) {
        expect((await read(where, null)).status).toBe(401);
        const answer = await read(where, blind.token);
        expect(answer.body).toMatchObject({ status: 403, code: 'scope_missing' });
        expect(answer.body.detail).toContain(scope);
      }
      expect((await read(`${path}/${data[idField]}`, other.token)).status).toBe(404);
      expect((await read(path, other.token)).body.data).toEqual([]);
      expect((await read(`${path}/Nonsense`, mine.token)).status).toBe(404);
    },
  );

  test('pages go by id, newest first, and go on from the cursor', async () => {
    const { id, token } = await hub.account();
    const keys = ['bkg_a1', 'bkg_a2', 'bkg_a3', 'bkg_b0', 'bkg_zz'];
    for (const key of keys) await publish([id], 'booking.confirmed', { booking_id: key });
    const seen: string[] = [];
    for (let after = ''; ;) {
      const page = (await read(`bookings?limit=2&after=${after}`, token)).body;
      seen.push(...page.data.map((one: Json) => one.id));
      if (page.next_cursor === null) break;
      after = page.next_cursor;
    }
    expect(seen).toEqual(keys.toReversed());
    for (const after of ['x', encodeCursor('rfp', ['rfp_1']), encodeCursor('booking', ['\0'])]) {
      expect((await read(`bookings?after=${after}`, token)).body).toMatchObject({
        status: 400,
        code: 'invalid_cursor',
      });
    }
    expect((await read('bookings?limit=0', token)).body.code).toBe('invalid_parameter');
  });

  test('who was not in the audience of the newest event does not see what it says', async () => {
    const [winner, loser] = [await hub.account(), await hub.account()];
    const { data } = await publish([winner.id, loser.id], 'rfp.created', {}, { subject: 'rfps/x' });
    expect((await read(`rfps/${data['rfp_id']}`, loser.token)).status).toBe(200);
    await publish([winner.id], 'rfp.awarded', { rfp_id: data['rfp_id'] }, { subject: 'rfps/x' });
    expect((await read(`rfps/${data['rfp_id']}`, winner.token)).body.type).toBe('rfp.awarded');
    expect((await read(`rfps/${data['rfp_id']}`, loser.token)).status).toBe(404);
    expect((await read('rfps', loser.token)).body.data).toEqual([]);
  });

  test('an app sees nothing from before the consent', async () => {
    const { id } = await hub.account();
    const { data } = await publish([id], 'booking.confirmed', {}, { subject: 'bookings/c' });
    const app = await appGrant(hub, id, ['bookings:read']);
    expect((await read(`bookings/${data['booking_id']}`, app.token)).status).toBe(404);
    expect((await read('bookings', app.token)).body.data).toEqual([]);
    await publish([id], 'booking.completed', { booking_id: data['booking_id'] }, { subject: 'bookings/c' });
    expect((await read(`bookings/${data['booking_id']}`, app.token)).body.type).toBe('booking.completed');
  });

  test('an unchanged state answers 304', async () => {
    const { id, token } = await hub.account();
    const { data } = await publish([id], 'booking.confirmed');
    for (const path of ['bookings', `bookings/${data['booking_id']}`]) {
      const etag = (await read(path, token)).headers.get('etag') ?? '';
      expect((await read(path, token, { 'if-none-match': etag })).status).toBe(304);
    }
  });
});
