import type { Clock } from '#src/ports';

/** Until the work is done or the time is over; a timer that nobody waits for any more would keep the process alive. */
export async function within(clock: Clock, mostMs: number, work: Promise<unknown>): Promise<void> {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(Math.max(1, mostMs), resolve);
  });
  await Promise.race([work, over]);
  cancel();
}
