import { expect, test } from 'vitest';
import type { callerOf } from '../../harness/call.ts';
import { eventFor } from '../../harness/hub.ts';
import { eventually, usualScopes, webhookId } from '../stand.ts';
import { revokeInFlight } from '../revocation.ts';
import type { Flows } from '../suite.ts';

/** When the last attempt of a delivery began, as the API tells it. */
async function lastAttempt(
  id: string,
  { call, token }: { call: ReturnType<typeof callerOf>; token: string },
): Promise<string | undefined> {
  const { body } = await call('GET', `/v1/deliveries/${id}`, token);
  return (body.attempts as { started_at: string }[]).at(-1)?.started_at;
}

/** What a revocation ends: calls by any process, what is queued, and what has not begun to leave. */
export const revokeFlows: Flows = (stand) => {
  test('a grant revoked with deliveries in flight: nothing more leaves, and its receipt counts what was cancelled', async () => {
    const { account, subscribe, publish, inStates, call, core, hub, via, deliveries } = stand();
    const person = await account();
    // Two a second: when one has just left, the next is half a second away.
    const sub = await subscribe(person, { max_per_second: 2 });
    await publish([person]);
    await inStates(person, sub, ['delivered']);
    const open: (() => void)[] = [];
    sub.sink.answer((_, response) => void open.push(() => response.end('ok')));
    const events = Array.from({ length: 20 }, () => eventFor([person.id]));
    expect((await call('POST', '/v1/events', core, { events })).status).toBe(202);
    await eventually('one is on its way', () => open.length > 0);

    const revoked = await call('DELETE', `/v1/grants/${person.grantId}`, person.token);
    const onTheirWay = open.length;
    expect(revoked.status, JSON.stringify(revoked.body)).toBe(202);
    for (const place of hub.origins.keys())
      expect(await via(place)('GET', '/v1/me', person.token)).toMatchObject({ status: 401 });
    for (const answer of open) answer();
    sub.sink.answer((_, response) => void response.end('ok'));

    // Who has the account reads the receipt by a new token; the old grant stays ended.
    const token = await hub.token(usualScopes, person.id);
    const receipt = async () => (await call('GET', `/v1/revocations/${revoked.body.id}`, token)).body;
    await eventually('the receipt is complete', async () => (await receipt()).completed_at !== null);
    // The first, what was on its way, and what the contract's second on the slowest host lets out.
    expect(sub.sink.received.length).toBeLessThanOrEqual(1 + onTheirWay + 3);
    const rows = await deliveries({ ...person, token }, { subscription: sub.id });
    const ofState = (state: string) => rows.filter((row) => row.state === state).map(({ id }) => id);
    expect(sub.sink.received.map(webhookId)).toEqual(ofState('delivered'));
    const cancelled = rows.filter((row) => row.state === 'cancelled');
    expect(cancelled).toHaveLength(rows.length - sub.sink.received.length);
    expect(new Set(cancelled.map(({ reason }) => reason))).toEqual(new Set(['revoked']));
    expect(await receipt()).toMatchObject({
      level: 'grant',
      subject: person.grantId,
      cancelled: ofState('cancelled').length,
      last_sent_at: await lastAttempt(ofState('delivered').at(-1) ?? '', { call, token }),
    });
  });

  test('an endpoint that takes all at full speed gets nothing after the revocation', async () => {
    // As many as take ten seconds to go out: however slow the call, most are still to come.
    const perSecond = 15;
    const { received, cancelled, outAfter } = await revokeInFlight(stand().hub, {
      deliveries: 150,
      perSecond,
    });
    expect(cancelled).toBeGreaterThan(0);
    expect(received + cancelled).toBe(151);
    // The contract's second on the slowest host, and what was on its way.
    expect(outAfter).toBeLessThanOrEqual(perSecond + 5);
  });

  test('a token ends in every process at once, and what it made goes on', async () => {
    const { account, subscribe, publish, inStates, call, via, hub } = stand();
    const person = await account();
    const made = await call('POST', '/v1/tokens', person.token, {
      label: 'second',
      scopes: ['bookings:read', 'webhooks:manage', 'tokens:manage'],
    });
    expect(made.status).toBe(201);
    const { id, token } = made.body as { id: string; token: string };
    const sub = await subscribe({ token });
    // Every process has seen it say yes before.
    for (const place of hub.origins.keys())
      expect(await via(place)('GET', '/v1/me', token)).toMatchObject({ status: 200 });
    expect((await call('DELETE', `/v1/tokens/${id}`, token)).status).toBe(202);
    for (const place of hub.origins.keys())
      expect(await via(place)('GET', '/v1/me', token)).toMatchObject({
        status: 401,
        body: { code: 'token_revoked' },
      });
    await publish([person]);
    await inStates(person, sub, ['delivered']);
  });

  test('a leaked token stops all that it made, until somebody resumes it', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const made = await call('POST', '/v1/tokens', person.token, {
      label: 'leaked',
      scopes: ['bookings:read', 'webhooks:manage'],
    });
    const { id, token } = made.body as { id: string; token: string };
    const sub = await subscribe({ token });
    expect((await call('DELETE', `/v1/tokens/${id}?reason=leaked`, person.token)).status).toBe(202);
    await publish([person]);
    await inStates(person, sub, ['held']);
    expect(sub.sink.received).toEqual([]);
    expect((await call('GET', sub.at, person.token)).body).toMatchObject({
      state: 'disabled',
      state_reason: 'token_leaked',
    });
    expect((await call('POST', `${sub.at}/resume`, person.token)).status).toBe(200);
    await inStates(person, sub, ['delivered']);
  });
};
