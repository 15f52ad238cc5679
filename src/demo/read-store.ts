/**
 * What the hub has written down, read straight from its file: the demo trusts the store, not the hub's word for it.
 * Read-only, and WAL lets it read while the hub writes.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';

export type DeliveryRow = {
  id: string;
  subscriptionId: string;
  eventId: string;
  eventType: string;
  subject: string;
  acceptedAtMs: number;
  state: string;
  reason: string;
  dueAtMs: number | null;
  attempts: number;
};
export type EventRow = { id: string; type: string; state: string; sequence: number };
export type SubscriptionRow = {
  id: string;
  state: string;
  reason: string | null;
  isProven: 0 | 1;
  isFailing: 0 | 1;
};

export type StoreReader = {
  events(): EventRow[];
  deliveries(): DeliveryRow[];
  subscriptions(): SubscriptionRow[];
  attempts(): number;
  close: () => void;
};

export function openStoreReader(folder: string): StoreReader {
  const file = new Database(join(folder, 'patchbay.db'), { readonly: true, timeout: 5_000 });
  // The columns are named as the types say; the tables are src/store/tables.
  const events = file.prepare<[], EventRow>('SELECT id, type, state, sequence FROM events ORDER BY position');
  const deliveries = file.prepare<[], DeliveryRow>(`
    SELECT d.id, d.subscription_id AS subscriptionId, e.id AS eventId, e.type AS eventType, e.subject,
           e.accepted_at AS acceptedAtMs, d.state, d.reason, d.due_at AS dueAtMs, d.attempts
    FROM deliveries d JOIN events e ON e.position = d.event_position ORDER BY d.position`);
  const subscriptions = file.prepare<[], SubscriptionRow>(`
    SELECT id, state, state_reason AS reason, proven_at IS NOT NULL AS isProven, failing_since IS NOT NULL AS isFailing
    FROM subscriptions`);
  const attempts = file.prepare<[], { count: number }>('SELECT count(*) AS count FROM attempts');
  return {
    events: () => events.all(),
    deliveries: () => deliveries.all(),
    subscriptions: () => subscriptions.all(),
    attempts: () => attempts.get()?.count ?? 0,
    close: () => file.close(),
  };
}
