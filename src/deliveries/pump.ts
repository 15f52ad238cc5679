import type { Clock } from '#src/ports';
import type { Host, Lane } from './lane.ts';
import { hostWaitMs, type Load, mayGo } from './may-go.ts';
import { afterOne } from './rate.ts';
import { createTurns, type Turns } from './turns.ts';
import type { Caps } from './type-caps.ts';

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

/** How soon a host is looked at again that has room, while all slots are taken by others. */
const busyMs = 25;

/**
 * Starts what waits in lanes as turns, windows, rates, hosts and slots allow. `send` never rejects; what it resolves to
 * is done when the slot is free again and before the next one starts: there a lane learns. Lanes that wait for a host
 * take turns for it as well: many aim at the same few hosts, and a slot there is not for whoever comes back first.
 */
export function createPump<D, L extends LaneOf<D>>(
  clock: Clock,
  limits: Pick<Load, 'maxInFlight' | 'hostMaxInFlight'>,
  send: (lane: L, delivery: D) => Promise<() => void>,
  caps?: Caps<L, D>,
): Pump<L> {
  const turns = createTurns<L>();
  const halls = new Map<Host, Turns<L>>();
  const awaited = new Set<Host>();
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
    const nowMs = clock.ms();
    while (load.inFlight < load.maxInFlight) {
      const lane = turns.next();
      if (!lane) break;
      const answer = mayGo(lane, load, nowMs);
      const capMs = answer === 'go' ? untilAllowed(lane) : 0;
      if (capMs > 0) sleep(lane, capMs);
      else if (answer === 'go') start(lane, nowMs);
      else if (answer === 'slots') blocked.push(lane);
      else if (answer === 'host') queueFor(lane.host, lane);
      else if (answer !== 'window') sleep(lane, answer);
    }
    for (const lane of blocked) turns.add(lane);
    state.isRunning = false;
  }

  function queueFor(host: Host, lane: L): void {
    const hall = halls.get(host) ?? createTurns<L>();
    halls.set(host, hall);
    hall.add(lane);
    lookAgain(host);
  }

  /** Gives what the host has free to those that wait for it, by turns. */
  function admit(host: Host): void {
    const hall = halls.get(host);
    if (!hall) return;
    while (hostWaitMs(host, load, clock.ms()) === 0 && load.inFlight < load.maxInFlight) {
      const lane = hall.next();
      if (!lane) break;
      turns.add(lane);
      run();
      // All slots are taken, and it stands in the ring of those who wait for one.
      if (lane.isQueued && hostWaitMs(host, load, clock.ms()) === 0) break;
    }
    if (hall.size() === 0) halls.delete(host);
    else lookAgain(host);
  }

  /** A full host is heard of when an attempt there ends. */
  function lookAgain(host: Host): void {
    const waitMs = hostWaitMs(host, load, clock.ms());
    if (waitMs === Number.POSITIVE_INFINITY || awaited.has(host) || state.isStopped) return;
    awaited.add(host);
    clock.after(waitMs || busyMs, () => {
      awaited.delete(host);
      admit(host);
    });
  }

  function sleep(lane: L, delayMs: number): void {
    lane.isAsleep = true;
    clock.after(delayMs, () => {
      lane.isAsleep = false;
      turns.add(lane);
      run();
    });
  }

  function untilAllowed(lane: L): number {
    const next = lane.urgent[0] ?? lane.waiting[0];
    return caps && next !== undefined ? caps.waitMs(lane, next) : 0;
  }

  function start(lane: L, nowMs: number): void {
    const delivery = lane.urgent.shift() ?? lane.waiting.shift();
    if (delivery === undefined) return;
    caps?.spend(lane, delivery);
    const { host, isSlow } = lane;
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
      // Those who wait for the host come before the lane that has just had its turn there.
      admit(host);
      turns.add(lane);
      run();
      if (load.inFlight === 0) state.tellIdle();
    });
  }
}
