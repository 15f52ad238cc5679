import { expect } from 'vitest';
import { type Answer, type Call, callerOf } from '../harness/call.ts';
import { eventFor } from '../harness/hub.ts';
import { type Received, type Sink, startSink, until } from '../harness/sink.ts';
import type { RunningHub } from './host.ts';

export type Person = { id: string; token: string; grantId: string };
export type Subscribed = { id: string; at: string; secret: string; sink: Sink };
/** What flows look at of a delivery; the API says more. */
export type Delivery = {
  id: string;
  event: string;
  state: string;
  reason: string;
  sequence: number;
  next_attempt_at: string | null;
};
export type Stand = Awaited<ReturnType<typeof openStand>>;

/** Accounts read bookings, deliverables, RFPs and reviews; neither money nor contacts. */
export const usualScopes = [
  'bookings:read',
  'deliverables:read',
  'rfps:read',
  'reviews:read',
  'webhooks:manage',
  'tokens:manage',
];

/** What every flow stands on: a publisher, people, endpoints, and the API. All of it is the public one. */
export async function openStand(hub: RunningHub) {
  const callers = hub.origins.map(callerOf);
  const publisher = () => hub.token(['events:publish', 'accounts:write']);
  // Several, so that all flows together stay below the cap of one.
  const cores = await Promise.all(Array.from({ length: 6 }, publisher));
  const sinks: Sink[] = [];
  const counts = { accounts: 0, calls: 0, cores: 0 };
  const core = (): string => cores[(counts.cores += 1) % cores.length] ?? '';

  /** Each call goes to the next process, as a load balancer would send it. */
  const call: Call = (...request) => via((counts.calls += 1))(...request);
  /** To one process: any number will do, two that follow each other are two processes where there are two. */
  const via = (place: number): Call => callers[place % callers.length] as Call; // There is always one.

  const receiver = async (): Promise<Sink> => {
    const sink = await startSink();
    sinks.push(sink);
    return sink;
  };

  const publish = async (audience: Person[], over: Record<string, unknown> = {}, send = call) => {
    const event = eventFor(
      audience.map(({ id }) => id),
      over,
    );
    const answer = await send('POST', '/v1/events', core(), event);
    expect(answer.body).toMatchObject({ status: 'accepted' });
    return { id: answer.body.id as string, sequence: answer.body.sequence as number };
  };

  const deliveries = async (person: Person, query: Record<string, string>): Promise<Delivery[]> => {
    const wanted = new URLSearchParams({ limit: '100', ...query });
    const answer = await call('GET', `/v1/deliveries?${wanted}`, person.token);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return (answer.body.data as Delivery[]).toReversed();
  };

  return {
    hub,
    /** One of the marketplace's tokens, another each time it is looked at. */
    get core() {
      return core();
    },
    publisher,
    call,
    via,
    receiver,
    publish,
    deliveries,
    account: async (scopes: readonly string[] = usualScopes): Promise<Person> => {
      const id = `acc_flow${(counts.accounts += 1)}`;
      const spec = { name: `Account ${counts.accounts}`, kind: 'organisation', city: 'houston' };
      expect(await call('PUT', `/v1/accounts/${id}`, core(), spec)).toMatchObject({ status: 201 });
      const token = await hub.token(scopes, id);
      const me = await call('GET', '/v1/me', token);
      return { id, token, grantId: me.body.grant.id as string };
    },
    subscribe: async (
      person: Pick<Person, 'token'>,
      over: Record<string, unknown> = {},
      send = call,
    ): Promise<Subscribed> => {
      const sink = await receiver();
      const made = await send('POST', '/v1/subscriptions', person.token, {
        endpoint: { type: 'webhook', url: `${sink.origin}/hook` },
        event_types: ['booking.*'],
        ...over,
      });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      const { id, secret } = made.body as { id: string; secret: string };
      return { id, at: `/v1/subscriptions/${id}`, secret, sink };
    },
    /** Waits until the subscription's deliveries, oldest first, are in these states. */
    inStates: async (person: Person, { id }: Subscribed, states: string[]): Promise<Delivery[]> => {
      const seen: { rows: Delivery[] } = { rows: [] };
      const isSo = async () => {
        seen.rows = await deliveries(person, { subscription: id });
        return seen.rows.map(({ state }) => state).join() === states.join();
      };
      await eventually(`the deliveries are ${states.join(', ')}`, isSo).catch((cause: unknown) => {
        const are = seen.rows.map(({ state, reason }) => `${state} (${reason})`).join(', ');
        throw new Error(`the deliveries are ${are}`, { cause });
      });
      return seen.rows;
    },
    close: async () => {
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };
}

/** Longer than a first retry on a machine with much else to do; a flow has twice as long. */
const patienceMs = 60_000;
export const eventually = (what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> =>
  until(what, isTrue, patienceMs);

/** The body of a request as the receiver reads it; its signature is another matter. */
export const bodyOf = ({ body }: Received): Answer['body'] => JSON.parse(body);
export const webhookId = ({ headers }: Received): string => String(headers['webhook-id']);
export const signedHeaders = ({ headers }: Received): Record<string, string> =>
  headers as Record<string, string>; // Node joins what comes twice; these three come once.
