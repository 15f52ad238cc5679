import type { Lane } from './lane.ts';

type TurnLane = Pick<Lane, 'party' | 'isQueued' | 'isAsleep'> & {
  urgent: readonly unknown[];
  waiting: readonly unknown[];
};

/**
 * Whose turn it is. Parties (partners, accounts) take turns, and within a party its lanes do: a partner with five
 * hundred endpoints gets no more of a busy sender than one with a single endpoint.
 */
export type Turns<L> = {
  add(lane: L): void;
  /** The next lane with something waiting; it is out of the ring until it is added again. */
  next(): L | undefined;
  size(): number;
};

export function createTurns<L extends TurnLane = Lane>(): Turns<L> {
  const parties = new Map<string, L[]>();
  return {
    add: (lane) => {
      if (lane.isQueued || lane.isAsleep || lane.urgent.length + lane.waiting.length === 0) return;
      lane.isQueued = true;
      const lanes = parties.get(lane.party);
      if (lanes) lanes.push(lane);
      else parties.set(lane.party, [lane]);
    },
    next: () => {
      for (const [party, lanes] of parties) {
        const lane = lanes.shift();
        // A Map keeps its order of insertion: taken out and put back, a party stands at the end.
        if (lanes.length === 0 || parties.size > 1) parties.delete(party);
        if (lanes.length > 0) parties.set(party, lanes);
        if (!lane) continue;
        lane.isQueued = false;
        return lane;
      }
      return undefined;
    },
    size: () => parties.size,
  };
}
