import { notStanding } from '#src/limits';
import type { Admission, Ask, Cap, CapState } from '#src/ports';
import { type EpochLeases, leaseMs } from './epoch-leases.ts';
import { createSharedBuckets, type Lent, type LoanAsk } from './quota.ts';

type Hand = { units: number; untilMs: number; state: CapState; retryAfterMs: number };

/** Of a bucket that others share this part is lent at once: the most that a caller holds and does not use. */
const chunkOf = (cap: Cap): number => Math.max(cap.cost, Math.ceil(cap.burst / 50));

/**
 * One caller: its token's bucket is here; of those that it shares with others it holds a few units for at most
 * `leaseMs`. The decision is one step of this object, for nothing is awaited between the look and the spending.
 */
export function createCaller(leases: EpochLeases, borrow: (key: string, ask: LoanAsk) => Promise<Lent>) {
  const own = createSharedBuckets();
  const hands = new Map<string, Hand>();

  return async (ask: Ask): Promise<Admission> => {
    const standing = await leases.standingOf(ask);
    if (standing !== 'valid') return notStanding(standing);
    const mine = ask.caps.filter(isOwn);
    const shared = ask.caps.filter((cap) => !isOwn(cap));
    // What its own bucket refuses anyway borrows nothing; the others are asked side by side.
    if (!own.look(mine).refused) await Promise.all(shared.map((cap) => fillHand(cap)));
    return decide(ask.caps, mine, shared);
  };

  function decide(caps: readonly Cap[], mine: Cap[], shared: Cap[]): Admission {
    // Whatever is in hand now, also where its term passed while others were asked: the lender counts it as spent until it
    // comes back.
    const lacking = shared.filter((cap) => handOf(cap).units < cap.cost);
    const answer = lacking.length === 0 ? own.spend(mine) : own.look(mine);
    const isAllowed = lacking.length === 0 && answer.refused === null;
    if (isAllowed) for (const cap of shared) handOf(cap).units -= cap.cost;
    const ownStates = answer.caps.values();
    return {
      standing: 'valid',
      caps: caps.map((cap) => (isOwn(cap) ? (ownStates.next().value ?? spentState) : stateOf(cap))),
      refused: isAllowed ? null : longest([answer.refused, ...lacking.map(refusalOf)]),
    };
  }

  async function fillHand(cap: Cap): Promise<void> {
    const hand = handOf(cap);
    const isOver = hand.untilMs <= Date.now();
    if (!isOver && hand.units >= cap.cost) return;
    const unused = isOver ? hand.units : 0;
    if (isOver) hand.units = 0;
    const needed = cap.cost - hand.units;
    const lent = await borrow(cap.key, {
      cap: { ...cap, cost: Math.max(needed, chunkOf(cap)) },
      needed,
      unused,
    });
    // What is still in hand keeps its term, and what joins it takes that too.
    if (hand.units === 0) hand.untilMs = Date.now() + leaseMs;
    hand.units += lent.units;
    hand.state = lent.state;
    hand.retryAfterMs = lent.retryAfterMs;
  }

  function handOf(cap: Cap): Hand {
    const hand = hands.get(cap.key) ?? { units: 0, untilMs: 0, state: spentState, retryAfterMs: 0 };
    hands.set(cap.key, hand);
    return hand;
  }

  function stateOf(cap: Cap): CapState {
    const { state, units } = handOf(cap);
    return { ...state, remaining: state.remaining + units };
  }

  /** Others of this caller may have used what was lent for this call: then there is more where it came from. */
  function refusalOf(cap: Cap): Admission['refused'] {
    return { level: cap.level, retryAfterMs: Math.max(1, handOf(cap).retryAfterMs) };
  }
}

const isOwn = (cap: Cap): boolean => cap.level === 'token';
const spentState: CapState = { remaining: 0, fullInMs: 0 };

const longest = (refusals: Admission['refused'][]): Admission['refused'] =>
  refusals.reduce(
    (worst, each) => ((each?.retryAfterMs ?? 0) > (worst?.retryAfterMs ?? 0) ? each : worst),
    null,
  );
