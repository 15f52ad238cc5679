import type { Ports } from '#src/context';
import { ask } from './ask.ts';
import { createBell } from './bell.ts';
import type { WorkerKeys } from './keys.ts';
import { createMembers } from './members.ts';
import { stands } from './permit.ts';
import { createPrepareLeased } from './prepare-leased.ts';
import type { Ask, AskAnswer, RenewAnswer, Settle, SettleAnswer, WithdrawnAnswer } from './protocol.ts';
import { settle } from './settle.ts';
import { createVerifier, type Verifier } from './verifier.ts';

/** The hub's side of delivery by pull: prepared leases go out, outcomes come in. */
export type Pull = {
  verify: Verifier;
  ask(input: Ask, isGone: () => boolean): Promise<AskAnswer>;
  renew(input: { leases: { deliveryId: string; leaseId: string }[] }): Promise<RenewAnswer>;
  settle(input: Settle): Promise<SettleAnswer>;
  withdrawn(input: { permits: string[]; waitMs: number }, isGone: () => boolean): Promise<WithdrawnAnswer>;
  /** Something is due: whoever waits looks now. */
  wake(): void;
};

export function createPull(ports: Ports, keys: WorkerKeys): Pull {
  const { store, clock, settings } = ports;
  const bell = createBell(clock);
  const members = createMembers(ports);
  const asking = { ...ports, bell, members, prepareLeased: createPrepareLeased(ports) };
  // A file on this machine is cheap to look at; a database across a network is asked less often.
  const lookMs = store.foreignWrites() === null ? 125 : 20;

  return {
    verify: createVerifier(ports, keys),
    ask: (input, isGone) => ask(asking, input, isGone),
    renew: async ({ leases }) => {
      const held = await store.renew(
        leases.map(({ deliveryId, leaseId }) => ({ id: deliveryId, leaseId })),
        clock.ms() + settings.leaseMs,
      );
      const lost = leases.map(({ deliveryId }) => deliveryId).filter((id) => !held.has(id));
      return { leaseMs: settings.leaseMs, lost };
    },
    settle: async (input) => {
      const answer = await settle(ports, input);
      if (input.isLeaving) await members.leave(input.worker);
      return answer;
    },
    withdrawn: async ({ permits, waitMs }, isGone) => {
      const arrivedAt = clock.ticks();
      for (;;) {
        const asOfMs = Math.floor(clock.ticks() - arrivedAt);
        await ports.gate.freshen();
        await ports.directory.freshen();
        const standing = await Promise.all(permits.map((permit) => stands(ports, permit)));
        const withdrawn = permits.filter((_, i) => !standing[i]);
        const leftMs = waitMs - (clock.ticks() - arrivedAt);
        if (withdrawn.length > 0 || leftMs <= 0 || isGone()) return { withdrawn, asOfMs };
        await new Promise<void>((resolve) => void clock.after(Math.min(lookMs, leftMs), resolve));
      }
    },
    wake: () => bell.ring(),
  };
}
