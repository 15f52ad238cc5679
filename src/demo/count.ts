/** Every figure of the report, counted from three sources: the API's answers, the store, and the receivers. */
import type { Sent } from './publish-day.ts';
import type { DeliveryRow, EventRow, StoreReader } from './read-store.ts';
import type { Received } from './receiver.ts';
import type { Endpoint } from './subscribe.ts';

export type Latency = { p50: number | null; p99: number | null };
export type EndpointCount = {
  endpoint: Endpoint;
  rows: DeliveryRow[];
  states: ReadonlyMap<string, number>;
  /** Deliveries that took more than one attempt. */
  retried: number;
  /** Webhook-ids that it answered with a 2xx. */
  takenIds: ReadonlySet<string>;
  latency: Latency;
  requests: readonly Received[];
};

export type Counts = {
  answers: ReadonlyMap<string, number>;
  /** What the API said of each event when it came for the first time. */
  firstAnswers: ReadonlyMap<string, string>;
  sent: number;
  acceptedIds: ReadonlySet<string>;
  published: EventRow[];
  /** What the hub said about itself, such as `subscription.disabled`. */
  ownEvents: EventRow[];
  deliveries: DeliveryRow[];
  states: ReadonlyMap<string, number>;
  heldReasons: ReadonlyMap<string, number>;
  retried: { all: number; delivered: number };
  /** Webhook-ids that came again after a 2xx, and after anything else. */
  again: { afterSuccess: number; afterFailure: number };
  attempts: number;
  signatures: { v1: number; v1a: number; refused: number };
  latency: { proven: Latency; firstTry: Latency; all: Latency };
  endpoints: EndpointCount[];
};

export function countAll(sent: readonly Sent[], store: StoreReader, endpoints: readonly Endpoint[]): Counts {
  const events = store.events();
  const deliveries = store.deliveries();
  const sentIds = new Set(sent.map(({ eventId }) => eventId));
  const requests = endpoints.flatMap(({ receiver }) => receiver.received);
  const delivered = deliveries.filter(({ state }) => state === 'delivered');
  const isRetried = ({ attempts }: DeliveryRow) => attempts > 1;
  const takenAt = takenAtMs(requests);
  const provenAt = new Map(
    endpoints.map(({ subscriptionId, receiver }) => [subscriptionId, receiver.received.find(isTaken)?.atMs]),
  );
  return {
    answers: countBy(sent, ({ status }) => status),
    firstAnswers: new Map(sent.toReversed().map(({ eventId, status }) => [eventId, status])),
    sent: sent.length,
    acceptedIds: new Set(sent.flatMap(({ eventId, status }) => (status === 'accepted' ? [eventId] : []))),
    published: events.filter(({ id }) => sentIds.has(id)),
    ownEvents: events.filter(({ id }) => !sentIds.has(id)),
    deliveries,
    states: countBy(deliveries, ({ state }) => state),
    heldReasons: countBy(
      deliveries.filter(({ state }) => state === 'held'),
      ({ reason }) => reason,
    ),
    retried: { all: deliveries.filter(isRetried).length, delivered: delivered.filter(isRetried).length },
    again: comeAgain(requests),
    attempts: store.attempts(),
    signatures: {
      v1: genuine(endpoints, 'v1'),
      v1a: genuine(endpoints, 'v1a'),
      refused: requests.filter(({ isGenuine }) => !isGenuine).length,
    },
    latency: {
      proven: latencyOf(
        delivered.filter(
          (row) => !isRetried(row) && row.acceptedAtMs > (provenAt.get(row.subscriptionId) ?? Infinity),
        ),
        takenAt,
      ),
      firstTry: latencyOf(
        delivered.filter((row) => !isRetried(row)),
        takenAt,
      ),
      all: latencyOf(delivered, takenAt),
    },
    endpoints: endpoints.map((endpoint) => {
      const rows = deliveries.filter(({ subscriptionId }) => subscriptionId === endpoint.subscriptionId);
      const own = endpoint.receiver.received;
      return {
        endpoint,
        rows,
        states: countBy(rows, ({ state }) => state),
        retried: rows.filter(isRetried).length,
        takenIds: new Set(own.filter(isTaken).map(({ webhookId }) => webhookId)),
        latency: latencyOf(
          rows.filter(({ state }) => state === 'delivered'),
          takenAt,
        ),
        requests: own,
      };
    }),
  };
}

export const isTaken = ({ status }: Received): boolean => status !== null && status >= 200 && status < 300;

const genuine = (endpoints: readonly Endpoint[], by: 'v1' | 'v1a'): number =>
  endpoints
    .filter(({ plan }) => plan.verifiesBy === by)
    .reduce((sum, { receiver }) => sum + receiver.received.filter(({ isGenuine }) => isGenuine).length, 0);

function countBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}

function comeAgain(requests: readonly Received[]): { afterSuccess: number; afterFailure: number } {
  const seen = new Map<string, boolean>();
  const again = { afterSuccess: 0, afterFailure: 0 };
  for (const one of requests.filter(({ isGenuine }) => isGenuine)) {
    const wasTaken = seen.get(one.webhookId);
    if (wasTaken === true) again.afterSuccess++;
    if (wasTaken === false) again.afterFailure++;
    seen.set(one.webhookId, (wasTaken ?? false) || isTaken(one));
  }
  return again;
}

function takenAtMs(requests: readonly Received[]): Map<string, number> {
  return new Map(requests.filter(isTaken).map(({ webhookId, atMs }) => [webhookId, atMs]));
}

/** From the hub's acceptance to the request at the receiver that was answered 2xx; both on this machine's clock. */
function latencyOf(rows: readonly DeliveryRow[], takenAt: ReadonlyMap<string, number>): Latency {
  const all = rows
    .flatMap(({ id, acceptedAtMs }) => {
      const at = takenAt.get(id);
      return at === undefined ? [] : [at - acceptedAtMs];
    })
    .toSorted((a, b) => a - b);
  // The nearest rank: a value that was measured, never one between two.
  const rank = (share: number) => all[Math.max(0, Math.ceil(all.length * share) - 1)] ?? null;
  return { p50: rank(0.5), p99: rank(0.99) };
}
