import { inArray } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Store } from '#src/ports';
import type { Members } from './members.ts';
import { ownerOf } from './owner-of.ts';

/**
 * Which worker sends in which lane: all lanes of one destination host have one owner, so that their windows, rates and
 * the host's cap stay in one process. For a moment after a change two may hold a lane; the leases keep them apart.
 */
export type Owners = {
  /** A lane's host, from whoever has its subscription at hand. */
  learn(lane: string, host: string): void;
  isMine(host: string): boolean;
  /** True or false where the lane's host is known here. */
  isMyLane(lane: string): boolean | null;
  /** Lanes by the slot of their owner; empty where no worker lives. */
  bySlot(lanes: readonly string[]): Promise<Map<number, string[]>>;
  /** Of these lanes, this process's own. */
  mine(lanes: readonly string[]): Promise<string[]>;
};

/** A subscription may move to another host; whoever goes by the old one wakes the wrong worker, whose sweep is no loss. */
const rememberMs = 60_000;
const perRead = 500;

export function createOwners(store: Store, members: Members): Owners {
  const hosts = new LRUCache<string, string>({ max: 200_000, ttl: rememberMs, ttlResolution: 1_000 });
  const { subscriptions } = store.tables;
  const slotOf = (host: string) => ownerOf(host, members.live());
  const isMine = (host: string) => members.slot() !== null && slotOf(host) === members.slot();

  return {
    learn: (lane, host) => {
      if (hosts.get(lane) !== host) hosts.set(lane, host);
    },
    isMine,
    isMyLane: (lane) => {
      const host = hosts.get(lane);
      return host === undefined ? null : isMine(host);
    },
    bySlot: async (lanes) => {
      const found = await hostsOf(lanes);
      const slots = new Map<number, string[]>();
      for (const [lane, host] of found) {
        const slot = slotOf(host);
        if (slot === null) continue;
        const known = slots.get(slot);
        if (known) known.push(lane);
        else slots.set(slot, [lane]);
      }
      return slots;
    },
    mine: async (lanes) => {
      const found = await hostsOf(lanes);
      return lanes.filter((lane) => {
        const host = found.get(lane);
        // A lane without a subscription is anybody's: what is left in it is cancelled.
        return host === undefined || isMine(host);
      });
    },
  };

  async function hostsOf(lanes: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const missing: string[] = [];
    for (const lane of lanes) {
      const host = hosts.get(lane);
      if (host === undefined) missing.push(lane);
      else found.set(lane, host);
    }
    for (let at = 0; at < missing.length; at += perRead) {
      const rows = await store.db
        .select({ id: subscriptions.id, host: subscriptions.host })
        .from(subscriptions)
        .where(inArray(subscriptions.id, missing.slice(at, at + perRead)));
      for (const { id, host } of rows) {
        hosts.set(id, host);
        found.set(id, host);
      }
    }
    return found;
  }
}
