import type { Candidate } from './directory.ts';
import type { LeasedDelivery } from './store.ts';

/**
 * A queue only wakes: losing it loses nothing. In one process it can also hand over what the publisher has just
 * written, already leased to the sender, so that fresh deliveries are never read back from the store.
 */
export type Queue = {
  /** A lease for a delivery about to be written, or null: then it is written as pending and found by the sweep. */
  reserve(candidate: Candidate): { leaseId: string; untilMs: number } | null;
  /** The write did not happen. */
  release(subscriptionId: string, count: number): void;
  /** The write is durable. Deliveries of one event share its record. */
  hand(deliveries: LeasedDelivery[]): void;
  /** Something is due in these lanes, or anywhere. */
  wake(topic: 'deliveries' | 'tasks', ids?: readonly string[]): void;
};
