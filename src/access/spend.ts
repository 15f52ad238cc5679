import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import {
  type CallerCaps,
  callerCaps,
  classOf,
  createRefusals,
  dayCap,
  type LimitFields,
  limitFields,
  type Plan,
  readPlan,
  refuseSpent,
  type Spender,
  spenderOf,
  unitsOf,
} from '#src/limits';
import type { Ask, Standing } from '#src/ports';

type Needs = Pick<Ports, 'store' | 'gate' | 'clock' | 'settings' | 'usage'>;

/** What is remembered of a caller beside its token. */
export type Purse = { caps: CallerCaps; spender: Spender; plan: Plan };

export type Spending = {
  /** Reads the plan of whom it counts for, and once a process and day what of that day is used. */
  open(caller: Caller): Promise<Purse>;
  /** Throws 401 or 403 where the caller does not stand, 429 where something is used up; then nothing is spent. */
  spend(purse: Purse, who: Pick<Ask, 'epochs' | 'token'>, method: string): Promise<LimitFields>;
  /** Whom this process turns away, and others do. */
  exchangeBlocks(): Promise<void>;
};

const countedAs = {
  read: { reads: 1, units: unitsOf('read') },
  write: { writes: 1, units: unitsOf('write') },
  create: { creates: 1, units: unitsOf('create') },
};

/** Validity and caps in one step of the gate, then what is counted of it. */
export function createSpending(ports: Needs): Spending {
  const { gate, settings, usage } = ports;
  const refusals = createRefusals(ports);

  return {
    open: async (caller) => {
      const spender = spenderOf(caller);
      const plan = await readPlan(ports, spender.payer);
      if (spender.payer) await usage.meet(spender.payer);
      return { caps: callerCaps(caller, settings, plan), spender, plan };
    },
    exchangeBlocks: () => refusals.exchange(),
    spend: async ({ caps: known, spender, plan }, who, method) => {
      const { holders, shown, payer } = spender;
      refusals.refuseBlocked(shown);
      const callClass = classOf(method);
      const caps = payer
        ? [...known[callClass], dayCap(ports, payer, plan, unitsOf(callClass))]
        : known[callClass];
      const admission = await gate.admit({ ...who, caps });
      refuseStanding(admission.standing);
      if (admission.refused) {
        usage.count(holders, { refused: 1 });
        refusals.charge(shown);
        refuseSpent(caps, admission);
      }
      usage.count(holders, countedAs[callClass]);
      return limitFields(caps, admission);
    },
  };
}

function refuseStanding(standing: Standing): void {
  if (standing === 'revoked')
    throw new PatchbayError('token_revoked', { public: 'The access behind this token has been revoked.' });
  if (standing === 'suspended')
    throw new PatchbayError('suspended', {
      public: 'Access is suspended. Support can say why and for how long.',
    });
}
