import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revoke, suspend, unsuspend } from '../../src/access/index.ts';
import { appGrant } from '../events/app-grant.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { readByIcalJs, readByNodeIcal } from './readers.ts';

const withContact = ['bookings:read', 'bookings.contact:read', 'tokens:manage'];

describe('a calendar feed', () => {
  let hub: TestHub;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    publisher = await hub.service();
  });
  afterAll(() => hub.stopAndForget());

  const publish = async (account: string, type: string, data: Record<string, unknown>, over = {}) => {
    const event = eventFor([account], { type, subject: `bookings/${String(data['booking_id'])}`, ...over });
    Object.assign(event['data'], data);
    const answer = await hub.call('POST', '/v1/events', publisher, event);
    expect(answer.body, JSON.stringify(answer.body)).toMatchObject({ status: 'accepted' });
    return event;
  };
  const feedOf = async (token: string, spec: Record<string, unknown> = {}) => {
    const answer = await hub.call('POST', '/v1/calendar-feeds', token, spec);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    const { pathname } = new URL(answer.body.url);
    return { id: answer.body.id as string, made: answer.body, pathname };
  };
  const fetched = (pathname: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(hub.origin + pathname, { method, headers });
  const eventsOf = async (pathname: string) => {
    const text = await (await fetched(pathname)).text();
    const read = readByIcalJs(text);
    expect(readByNodeIcal(text)).toEqual(read);
    return read.events;
  };

  test('follows a booking: tentative, confirmed, moved, cancelled; both readers agree [S2-21] [S2-32]', async () => {
    const { id, token } = await hub.account();
    const { pathname } = await feedOf(token);
    const booking = {
      booking_id: 'bkg_follow',
      title: 'Portraits, at dusk; by the bayou',
      starts_at: '2026-10-31T14:00:00Z',
      ends_at: '2026-10-31T17:00:00Z',
    };
    expect(await eventsOf(pathname)).toEqual([]);
    await publish(id, 'booking.requested', booking);
    expect(await eventsOf(pathname)).toMatchObject([
      { uid: 'bkg_follow@patchbay', sequence: 1, status: 'TENTATIVE', start: '2026-10-31T14:00:00.000Z' },
    ]);
    await publish(id, 'booking.confirmed', booking);
    expect(await eventsOf(pathname)).toMatchObject([{ sequence: 2, status: 'CONFIRMED' }]);
    // A day later at the same hour of Houston's clocks, which have changed meanwhile.
    const moved = { ...booking, starts_at: '2026-11-01T15:00:00Z', ends_at: '2026-11-01T18:00:00Z' };
    const last = await publish(id, 'booking.rescheduled', { ...moved, status: 'confirmed' });
    expect(await eventsOf(pathname)).toMatchObject([
      {
        uid: 'bkg_follow@patchbay',
        sequence: 3,
        status: 'CONFIRMED',
        start: '2026-11-01T15:00:00.000Z',
        end: '2026-11-01T18:00:00.000Z',
        stamp: `${String(last['occurred_at']).slice(0, 19)}.000Z`,
      },
    ]);
    await publish(id, 'booking.cancelled', moved);
    expect(await eventsOf(pathname)).toMatchObject([
      {
        uid: 'bkg_follow@patchbay',
        sequence: 4,
        status: 'CANCELLED',
        summary: 'Cancelled: Portraits, at dusk; by the bayou',
      },
    ]);
  });

  test('shows people, streets and notes only where it was made so, by a token that may', async () => {
    const { id, token } = await hub.account(withContact);
    const [open, contact] = [await feedOf(token), await feedOf(token, { contact: true, label: 'Crew' })];
    await publish(id, 'booking.confirmed', { booking_id: 'bkg_contact', notes: 'Ring twice.' });
    const [shown] = await eventsOf(contact.pathname);
    const [hidden] = await eventsOf(open.pathname);
    expect(shown?.description).toContain('Ring twice.');
    expect(shown?.description).toMatch(/@example\.com/);
    expect(shown?.location).toMatch(/, TX 77\d{3}$/);
    expect(hidden?.description).not.toMatch(/example\.com|Ring|\+1/);
    expect(hidden?.location).not.toMatch(/77\d{3}/);
    const blind = await hub.account();
    const refused = await hub.call('POST', '/v1/calendar-feeds', blind.token, { contact: true });
    expect(refused.body).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ pointer: '/contact' }],
    });
  });

  test('answers as calendars ask: type, ETag, 304, Last-Modified, HEAD; bytes that do not change by themselves', async () => {
    const { id, token } = await hub.account();
    const { pathname } = await feedOf(token, { label: 'Studio; the big one' });
    const event = await publish(id, 'booking.confirmed', { booking_id: 'bkg_http' });
    const first = await fetched(pathname);
    const text = await first.text();
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'cache-control': 'private, no-cache',
      'last-modified': new Date(event['occurred_at']).toUTCString(),
    });
    expect(readByNodeIcal(text).name).toBe('Studio; the big one');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{32}"$/);
    const again = await fetched(pathname, { 'if-none-match': `W/${etag}` });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(await (await fetched(pathname)).text()).toBe(text);
    const head = await fetched(pathname, {}, 'HEAD');
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
    await publish(id, 'booking.completed', { booking_id: 'bkg_http' });
    expect((await fetched(pathname, { 'if-none-match': etag })).status).toBe(200);
    expect((await fetched(pathname, {}, 'POST')).status).toBe(405);
  });

  test('keeps what lies ahead, what ended within a year, and for 90 days what changed', async () => {
    const { id, token } = await hub.account();
    const { pathname } = await feedOf(token);
    const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const put = (key: string, end: number, changed: number, type = 'booking.confirmed') =>
      publish(
        id,
        type,
        { booking_id: `bkg_${key}`, starts_at: at(end - 0.1), ends_at: at(end) },
        { occurred_at: at(changed) },
      );
    await put('ahead', 700, -200);
    await put('year', -364, -364);
    await put('old', -366, -366);
    await put('told', -400, -89, 'booking.cancelled');
    await put('forgotten', -400, -91, 'booking.cancelled');
    const events = await eventsOf(pathname);
    expect(events.map(({ uid }) => uid)).toEqual([
      'bkg_told@patchbay',
      'bkg_year@patchbay',
      'bkg_ahead@patchbay',
    ]);
  });

  test('is another for each account, and shows no older event than its grant does', async () => {
    const [mine, other] = [await hub.account(), await hub.account()];
    const { pathname } = await feedOf(other.token);
    await publish(mine.id, 'booking.confirmed', { booking_id: 'bkg_mine' });
    expect(await eventsOf(pathname)).toEqual([]);
    const app = await appGrant(hub, mine.id, ['bookings:read']);
    for (const [method, path] of [
      ['POST', '/v1/calendar-feeds'],
      ['GET', '/v1/calendar-feeds'],
    ] as const)
      expect((await hub.call(method, path, app.token)).body).toMatchObject({
        status: 403,
        code: 'forbidden',
      });
  });

  test('refuses without a token and without the scope; lists, newest first; a stranger revokes nothing', async () => {
    const [mine, other, blind] = [
      await hub.account(),
      await hub.account(),
      await hub.account(['webhooks:manage']),
    ];
    expect((await hub.call('POST', '/v1/calendar-feeds', null, {})).status).toBe(401);
    expect((await hub.call('POST', '/v1/calendar-feeds', blind.token, {})).body.code).toBe('scope_missing');
    expect((await hub.call('POST', '/v1/calendar-feeds', mine.token, { label: '' })).status).toBe(422);
    const [first, second] = [await feedOf(mine.token), await feedOf(mine.token, { label: 'Second' })];
    const page = await hub.call('GET', '/v1/calendar-feeds?limit=1', mine.token);
    const { url: _, ...shown } = second.made;
    expect(page.body.data).toEqual([{ ...shown, last_used_at: null }]);
    const rest = await hub.call('GET', `/v1/calendar-feeds?after=${page.body.next_cursor}`, mine.token);
    expect(rest.body).toMatchObject({ data: [{ id: first.id }], next_cursor: null });
    expect((await hub.call('DELETE', `/v1/calendar-feeds/${first.id}`, other.token)).status).toBe(404);
    expect((await hub.call('DELETE', `/v1/calendar-feeds/${mine.tokenId}`, mine.token)).status).toBe(404);
    expect((await fetched(first.pathname)).status).toBe(200);
  });

  test('answers 410 from its revocation on, with a receipt; another goes on', async () => {
    const { token } = await hub.account();
    const [old, fresh] = [await feedOf(token), await feedOf(token)];
    const answer = await hub.call('DELETE', `/v1/calendar-feeds/${old.id}?reason=rotated`, token);
    expect(answer.status).toBe(202);
    const gone = await fetched(old.pathname);
    expect([gone.status, gone.headers.get('www-authenticate'), await gone.json()]).toMatchObject([
      410,
      null,
      { code: 'gone' },
    ]);
    expect((await fetched(fresh.pathname)).status).toBe(200);
    expect((await hub.call('GET', `/v1/revocations/${answer.body.id}`, token)).body).toMatchObject({
      subject: old.id,
      reason: 'rotated',
    });
    const { data } = (await hub.call('GET', '/v1/calendar-feeds', token)).body;
    expect(data[1]).toMatchObject({ id: old.id, revoked_reason: 'rotated', ends_unused_at: null });
  });

  test.each(['token', 'grant', 'account'] as const)('ends at once with its %s', async (level) => {
    const { id, token, tokenId, grantId } = await hub.account();
    const { pathname } = await feedOf(token);
    expect((await fetched(pathname)).status).toBe(200);
    const subject = { token: tokenId, grant: grantId, account: id }[level];
    await revoke(hub.hub, { level, id: subject, reason: 'user', actor: 'test' });
    expect((await fetched(pathname)).status).toBe(410);
  });

  test('ends with the token that leaked further up, and when it is reported itself', async () => {
    const { token } = await hub.account(['bookings:read', 'tokens:manage']);
    const minted = await hub.call('POST', '/v1/tokens', token, { label: 'm', scopes: ['bookings:read'] });
    const [below, reported] = [await feedOf(minted.body.token), await feedOf(token)];
    const report = await hub.call('POST', '/leak-reports', null, {
      text: `subscribe to ${hub.origin}${reported.pathname} please`,
    });
    expect(report.body).toEqual({ accepted: 1 });
    expect((await fetched(reported.pathname)).status).toBe(410);
    expect((await fetched(below.pathname)).status).toBe(200);
    const me = (await hub.call('GET', '/v1/me', token)).body.token;
    await hub.call('DELETE', `/v1/tokens/${me}?reason=leaked`, token);
    expect((await fetched(below.pathname)).status).toBe(410);
  });

  test('is refused while its account is suspended, and comes back', async () => {
    const { id, token } = await hub.account();
    const { pathname } = await feedOf(token);
    await suspend(hub.hub, { level: 'account', id, reason: 'review', actor: 'test' });
    expect((await fetched(pathname)).status).toBe(403);
    await unsuspend(hub.hub, { level: 'account', id, actor: 'test' });
    expect((await fetched(pathname)).status).toBe(200);
  });

  test('lives no longer than the token that made it', async () => {
    const { token } = await hub.account(['bookings:read', 'tokens:manage']);
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const short = await hub.call('POST', '/v1/tokens', token, {
      label: 's',
      scopes: ['bookings:read'],
      expires_at,
    });
    const { id, made, pathname } = await feedOf(short.body.token);
    expect(made.expires_at).toBe(expires_at);
    const { tokens } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [
      db
        .update(tokens)
        .set({ expiresAt: new Date(0) })
        .where(eq(tokens.id, id)),
    ]);
    expect((await fetched(pathname)).status).toBe(410);
  });

  test('its secret opens nothing else, and nothing else opens a calendar', async () => {
    const { token } = await hub.account();
    const { pathname } = await feedOf(token);
    const secret = pathname.slice('/calendar/'.length, -'.ics'.length);
    expect((await hub.call('GET', '/v1/bookings', secret)).status).toBe(401);
    expect((await fetched(`/calendar/${token}.ics`)).status).toBe(404);
    const last = secret.endsWith('0') ? '1' : '0';
    for (const wrong of [`${secret.slice(0, -1)}${last}`, 'x', `${secret} ${secret}`, '%00', '%ff'])
      expect((await fetched(`/calendar/${wrong}.ics`)).status).toBe(404);
    expect(hub.log.lines.join('\n')).not.toContain(secret.slice(4, -6));
  });

  test('a feed may be fetched so often and not oftener, whoever does it', async () => {
    const capped = await startTestHub({ PATCHBAY_FEED_FETCHES_PER_MINUTE: '3' });
    try {
      const { token } = await capped.account();
      const { body } = await capped.call('POST', '/v1/calendar-feeds', token);
      const { pathname } = new URL(body.url);
      for (let i = 0; i < 3; i++) expect((await fetch(capped.origin + pathname)).status).toBe(200);
      const refused = await fetch(capped.origin + pathname);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
      expect((await capped.call('GET', '/v1/bookings', token)).status).toBe(200);
    } finally {
      await capped.stopAndForget();
    }
  });

  test('an address that sends secrets which are none is not listened to any more', async () => {
    const capped = await startTestHub({ PATCHBAY_BAD_TOKENS_PER_ADDRESS: '2' });
    try {
      const statuses = [];
      for (let i = 0; i < 3; i++) statuses.push((await fetch(`${capped.origin}/calendar/no.ics`)).status);
      expect(statuses).toEqual([404, 404, 429]);
    } finally {
      await capped.stopAndForget();
    }
  });

  test('a fetch is a use of the feed, and no call of the token that made it', async () => {
    const { token, tokenId } = await hub.account(['bookings:read', 'tokens:manage']);
    const { id, pathname } = await feedOf(token);
    hub.hub.authenticator.used();
    await fetched(pathname);
    const used = hub.hub.authenticator.used();
    expect([used.has(id), used.has(tokenId)]).toEqual([true, false]);
  });
});
