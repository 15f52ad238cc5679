import type { Clock } from '#src/ports';
import type { Lane } from './lane.ts';
import { type Load, mayGo } from './may-go.ts';
import { afterOne } from './rate.ts';
import { createTurns } from './turns.ts';

type LaneOf<D> = Omit<Lane, 'urgent' | 'waiting'> & { urgent: D[]; waiting: D[] };

export type Pump<L> = {
  /** Puts a lane into the ring of turns; one with nothing waiting stays out. */
  add(lane: L): void;
  /** Starts all that may start now. */
  run(): void;
  inFlight(): number;
  /** Nothing begins any more. */
  stop(): void;
  /** Once nothing is on its way. */
  idle(): Promise<void>;
};

/**
 * Starts what waits in lanes as turns, windows, rates, hosts and slots allow. `send` never rejects; what it resolves to
 * is done when the slot is free again and before the next one starts: there a lane learns.
 */
export function createPump<D, L extends LaneOf<D>>(
  clock: Clock,
  limits: Pick<Load, 'maxInFlight' | 'hostMaxInFlight'>,
  send: (lane: L, delivery: D) => Promise<() => void>,
): Pump<L> {
  const turns = createTurns<L>();
  const load: Load = { inFlight: 0, slowInFlight: 0, ...limits };
  const state = { isRunning: false, isStopped: false, tellIdle: (): void => {} };

  return {
    add: (lane) => turns.add(lane),
    run,
    inFlight: () => load.inFlight,
    stop: () => {
      state.isStopped = true;
    },
    idle: async () => {
      if (load.inFlight > 0)
        await new Promise<void>((resolve) => {
          state.tellIdle = resolve;
        });
    },
  };

  function run(): void {
    if (state.isRunning || state.isStopped) return;
    state.isRunning = true;
    // Lanes that cannot go now are put back only after the round: within it they would be asked for ever.
    const blocked: L[] = [];
    while (load.inFlight < load.maxInFlight) {
      const lane = turns.next();
      if (!lane) break;
      const answer = mayGo(lane, load, clock.ms());
      if (answer === 'go') start(lane);
      else if (answer === 'slots') blocked.push(lane);
      else if (answer !== 'window') sleep(lane, answer);
    }
    for (const lane of blocked) turns.add(lane);
    state.isRunning = false;
  }

  function sleep(lane: L, delayMs: number): void {
    lane.isAsleep = true;
    clock.after(delayMs, () => {
      lane.isAsleep = false;
      turns.add(lane);
      run();
    });
  }

  function start(lane: L): void {
    const delivery = lane.urgent.shift() ?? lane.waiting.shift();
    if (delivery === undefined) return;
    const { host, isSlow } = lane;
    const nowMs = clock.ms();
    lane.arrivalMs = afterOne(lane.rate, lane.arrivalMs, nowMs);
    host.arrivalMs = afterOne(host.rate, host.arrivalMs, nowMs);
    lane.inFlight++;
    host.inFlight++;
    load.inFlight++;
    load.slowInFlight += isSlow ? 1 : 0;
    turns.add(lane);
    void send(lane, delivery).then((learn) => {
      lane.inFlight--;
      host.inFlight--;
      load.inFlight--;
      load.slowInFlight -= isSlow ? 1 : 0;
      learn();
      turns.add(lane);
      run();
      if (load.inFlight === 0) state.tellIdle();
    });
  }
}
