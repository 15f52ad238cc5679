/**
 * One clock for every program of a run. `performance.timeOrigin` is the wall clock of this machine,
 * so microseconds taken in the load generator may be subtracted from those taken in the sink.
 */
export function nowMicros(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
