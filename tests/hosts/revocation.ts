import { randomUUID } from 'node:crypto';
import { callerOf } from '../harness/call.ts';
import { eventFor } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';
import type { RunningHub } from './host.ts';
import { linkApp } from './linked-app.ts';

export type Revocation = {
  /** From the answer of the call to the last delivery that the receiver got; below 0 where that came before the answer. */
  lastOutMs: number;
  /** How many the receiver got after the answer. */
  outAfter: number;
  /** From the call to its answer. */
  answerMs: number;
  /** From the answer until the receipt was complete. */
  receiptMs: number;
  received: number;
  cancelled: number;
};
/** What may be taken back of an app's access. A token takes what it made with it where it leaked. */
export const levels = ['token', 'grant', 'user', 'app', 'partner'] as const;
export type Level = (typeof levels)[number];
type Wish = { deliveries: number; perSecond: number };

/**
 * A grant whose endpoint takes all that it is sent is revoked in the middle of it. The receiver stands here, so one
 * clock tells both sides; it sees a request when it is whole, which is later than when it left.
 */
export async function revokeInFlight(
  hub: Pick<RunningHub, 'origins' | 'token'>,
  { deliveries, perSecond }: Wish,
): Promise<Revocation> {
  const [call, other] = [callerOf(hub.origins[0] ?? ''), callerOf(hub.origins.at(-1) ?? '')];
  const core = await hub.token(['events:publish', 'accounts:write']);
  const id = `acc_${randomUUID()}`;
  await call('PUT', `/v1/accounts/${id}`, core, { name: 'Revoked', kind: 'organisation' });
  const newToken = () => hub.token(['bookings:read', 'webhooks:manage', 'tokens:manage'], id);
  const token = await newToken();
  const me = await call('GET', '/v1/me', token);
  const sink = await startSink();
  try {
    const endpoint = { type: 'webhook', url: sink.origin };
    const wish = { endpoint, event_types: ['booking.*'], max_per_second: perSecond };
    await call('POST', '/v1/subscriptions', token, wish);
    const publish = (count: number) =>
      call('POST', '/v1/events', core, { events: Array.from({ length: count }, () => eventFor([id])) });
    // Its first success ends the one a second that a new endpoint gets.
    await publish(1);
    await until('the endpoint is proven', () => sink.received.length === 1);
    await publish(deliveries);
    await until('it flows', () => sink.received.length > Math.min(10, deliveries / 2));

    const calledAt = Date.now();
    // By another process than took the events, where there is one.
    const revoked = await other('DELETE', `/v1/grants/${me.body.grant.id}`, token);
    const answeredAt = Date.now();
    const fresh = await newToken();
    const receipt = async () => (await call('GET', `/v1/revocations/${revoked.body.id}`, fresh)).body;
    await until('the receipt is complete', async () => (await receipt()).completed_at !== null);
    const { completed_at: completedAt, cancelled } = (await receipt()) as {
      completed_at: string;
      cancelled: number;
    };
    return {
      lastOutMs: Math.max(...sink.received.map(({ at }) => at)) - answeredAt,
      outAfter: sink.received.filter(({ at }) => at > answeredAt).length,
      answerMs: answeredAt - calledAt,
      receiptMs: Date.parse(completedAt) - answeredAt,
      received: sink.received.length,
      cancelled,
    };
  } finally {
    await sink.close();
  }
}

/**
 * The same for an app that a person has linked, revoked by staff at one level: from the answer of
 * `POST /admin/v1/revocations` to the last delivery that the receiver got, in milliseconds; below 0 where that came
 * before the answer. `staff`: a token that may.
 */
export async function revokeLevelInFlight(
  hub: Pick<RunningHub, 'origins' | 'token' | 'command'>,
  { level, staff, deliveries, perSecond }: Wish & { level: Level; staff: string },
): Promise<number> {
  const [call, other] = [callerOf(hub.origins[0] ?? ''), callerOf(hub.origins.at(-1) ?? '')];
  const core = await hub.token(['events:publish', 'accounts:write']);
  const account = `acc_${randomUUID()}`;
  await call('PUT', `/v1/accounts/${account}`, core, { name: account, kind: 'organisation' });
  const linked = await linkApp(hub, account);
  const sink = await startSink();
  try {
    const endpoint = { type: 'webhook', url: sink.origin };
    const wish = { endpoint, event_types: ['booking.*'], max_per_second: perSecond };
    const made = await call('POST', '/v1/subscriptions', linked.accessToken, wish);
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    const publish = (count: number) =>
      call('POST', '/v1/events', core, { events: Array.from({ length: count }, () => eventFor([account])) });
    await publish(1);
    await until('the endpoint is proven', () => sink.received.length === 1);
    await publish(deliveries);
    await until('it flows', () => sink.received.length > Math.min(10, deliveries / 2));
    const revoked = await other('POST', '/admin/v1/revocations', staff, {
      level,
      id: linked.ids[level],
      reason: 'leaked',
    });
    const answeredAt = Date.now();
    if (revoked.status !== 202) throw new Error(`${revoked.status} ${JSON.stringify(revoked.body)}`);
    await settled(sink);
    if (sink.received.length > deliveries) throw new Error('all had gone out before it was revoked');
    return Math.max(...sink.received.map(({ at }) => at)) - answeredAt;
  } finally {
    await sink.close();
  }
}

const quietMs = 700;

/** Nothing has come for longer than any host may take to stop. */
async function settled({ received }: Awaited<ReturnType<typeof startSink>>): Promise<void> {
  const startedAt = Date.now();
  await until('nothing comes any more', () => {
    const last = Math.max(startedAt, ...received.map(({ at }) => at));
    return Date.now() - last > quietMs;
  });
}
