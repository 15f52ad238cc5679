import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import {
  type CallerCaps,
  callerCaps,
  classOf,
  createRefusals,
  isDaySpent,
  type LimitFields,
  limitFields,
  refuseSpent,
  refuseSpentDay,
  type Spender,
  spenderOf,
  unitsOf,
} from '#src/limits';
import type { Ask, Standing } from '#src/ports';

type Needs = Pick<Ports, 'gate' | 'clock' | 'settings' | 'usage'>;

/** What is remembered of a caller beside its token. */
export type Purse = { caps: CallerCaps; spender: Spender };

export type Spending = {
  /** The plan's day of whom it counts for is read once a process and day. */
  open(caller: Caller): Promise<Purse>;
  /** Throws 401 or 403 where the caller does not stand, 429 where something is used up; then nothing is spent. */
  spend(purse: Purse, who: Pick<Ask, 'epochs' | 'token'>, method: string): Promise<LimitFields>;
};

const countedAs = {
  read: { reads: 1, units: unitsOf('read') },
  write: { writes: 1, units: unitsOf('write') },
  create: { creates: 1, units: unitsOf('create') },
};

/** Validity and caps in one step of the gate, then what is counted of it. */
export function createSpending(ports: Needs): Spending {
  const { gate, clock, settings, usage } = ports;
  const refusals = createRefusals(settings, clock);

  return {
    open: async (caller) => {
      const spender = spenderOf(caller);
      if (spender.payer) await usage.meet(spender.payer);
      return { caps: callerCaps(caller, settings), spender };
    },
    spend: async ({ caps: known, spender }, who, method) => {
      const { holders, shown, payer } = spender;
      refusals.refuseBlocked(shown);
      const callClass = classOf(method);
      const caps = known[callClass];
      const isDayOver = isDaySpent(ports, payer, unitsOf(callClass));
      // Who is revoked hears that, whatever is used up; and a day that is over spends nothing else.
      const admission = await gate.admit({ ...who, caps: isDayOver ? [] : caps });
      refuseStanding(admission.standing);
      if (isDayOver || admission.refused) {
        usage.count(holders, { refused: 1 });
        refusals.charge(shown);
        if (isDayOver) refuseSpentDay(ports);
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
