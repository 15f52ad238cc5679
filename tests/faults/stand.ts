import type { Member } from './member.ts';
import type { People } from './people.ts';
import { type Receivers, startReceivers } from './receivers.ts';

/** A hub of processes, its store, and the endpoints that it delivers to: what the faults are done to. */
export type Stand = {
  /** Where events are published. */
  apis: Member[];
  /** Who sends; on one process the same. */
  workers: Member[];
  people: People;
  receivers: Receivers;
  /** Asks the store itself. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** What ended without having been told to. */
  ended: string[];
  stop(): Promise<void>;
};

/** Above deadline and margin, so that no lease has to be renewed before each attempt; a minute by default. */
export const leaseMs = 7_000;
export const settings = {
  PATCHBAY_LEASE_MS: String(leaseMs),
  PATCHBAY_ATTEMPT_DEADLINE_MS: '1500',
  PATCHBAY_HOST_MAX_PER_SECOND: '5000',
  PATCHBAY_HOST_MAX_IN_FLIGHT: '512',
} as const;

/** Endpoints of one account that want every booking event, one of them in order. */
export async function subscribeReceivers(
  origin: string,
  { account }: People,
  random: () => number,
): Promise<Receivers> {
  const receivers = await startReceivers(4, random);
  for (const [endpoint, url] of receivers.urls.entries()) {
    const answer = await fetch(`${origin}/v1/subscriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        endpoint: { type: 'webhook', url },
        event_types: ['booking.*'],
        max_per_second: 1_000,
        ordering: endpoint === receivers.ordered ? 'subject' : 'none',
      }),
    });
    const body = (await answer.json()) as { secret?: string };
    if (answer.status !== 201) throw new Error(`no subscription for ${url}: ${JSON.stringify(body)}`);
    receivers.trust(endpoint, String(body.secret));
  }
  return receivers;
}

/** What the store holds of the events whose ids begin so. */
export type StoreFacts = {
  events: number;
  /** Deliveries that are not on record as delivered. */
  undelivered: number;
  /** Deliveries with more than one success on record, or with attempts that their count does not know. */
  miscounted: number;
};

export async function storeFacts(stand: Stand, prefix: string): Promise<StoreFacts> {
  const [row] = await stand.query(`
    WITH mine AS (SELECT position FROM events WHERE id LIKE '${prefix}%'),
    sent AS (SELECT id, state, attempts FROM deliveries WHERE event_position IN (SELECT position FROM mine)),
    tried AS (SELECT delivery_id, count(*) AS tries, sum(CASE WHEN status BETWEEN 200 AND 299 THEN 1 ELSE 0 END) AS wins
      FROM attempts WHERE delivery_id IN (SELECT id FROM sent) GROUP BY delivery_id)
    SELECT (SELECT count(*) FROM mine) AS events,
      (SELECT count(*) FROM sent WHERE state <> 'delivered') AS undelivered,
      (SELECT count(*) FROM sent LEFT JOIN tried ON delivery_id = id
        WHERE coalesce(wins, 0) > 1 OR coalesce(tries, 0) <> attempts) AS miscounted`);
  return {
    events: Number(row?.['events']),
    undelivered: Number(row?.['undelivered']),
    miscounted: Number(row?.['miscounted']),
  };
}

/** How many deliveries the store still has to do something with. */
export async function openDeliveries(stand: Stand): Promise<number> {
  const [row] = await stand.query('SELECT count(*) AS open FROM deliveries WHERE due_at IS NOT NULL');
  return Number(row?.['open']);
}
