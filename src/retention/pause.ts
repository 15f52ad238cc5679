import type { Clock } from '#src/ports';

/** Long enough for what waits to be written, and short enough that a day's rows go in minutes. */
const pauseMs = 5;

/** Between two writes of a purge. */
export const pause = (clock: Clock): Promise<void> =>
  new Promise((resolve) => void clock.after(pauseMs, resolve));
