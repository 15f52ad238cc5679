import type { Dispatched } from '#src/deliveries';
import type { PulledDelivery } from './protocol.ts';

/** A delivery that this worker has leased. Ticks are this process's monotonic milliseconds. */
export type Held = PulledDelivery &
  Dispatched & {
    untilTicks: number;
    /** When the hub last knew it to be permitted, as of the lease. */
    asOfTicks: number;
    isLost: boolean;
  };
