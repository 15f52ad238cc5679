/** What one process tells another: look there. The store has the rest. */
export type Wake = { topic: 'deliveries'; lanes: string[] } | { topic: 'tasks' } | { topic: 'sweep' };

/** Brings wakes from process to process: BullMQ, or NOTIFY. Whatever it loses, a sweep finds. */
export type Carrier = {
  /** Rejects where the wake is not on its way; takes a second or two at most. */
  send(slot: number, wake: Wake): Promise<void>;
  /** As `send`, to be told at that time; null where it cannot wait. */
  sendLater: ((slot: number, wake: Wake, atMs: number) => Promise<void>) | null;
  /** Tells the wakes of this slot from now on, and no more of one before. */
  take(slot: number, tell: (wake: Wake) => void): Promise<void>;
  isUp(): boolean;
  /** What waits in the queues of these slots, by state; empty where there are none, or they do not answer. */
  depth(slots: readonly number[]): Promise<Record<string, number>>;
  close(): Promise<void>;
};

/** Ids of thirty characters: two kilobytes. */
export const lanesPerWake = 64;
