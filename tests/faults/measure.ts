import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../harness/sink.ts';
import type { Fault } from './faults.ts';
import { createLedger, type Ledger, type Recovery, type Verdict } from './ledger.ts';
import { type Pace, type PublisherFacts, startPublishers } from './publishers.ts';
import { openDeliveries, type Stand, type StoreFacts, storeFacts } from './stand.ts';

export type Measured = {
  name: string;
  title: string;
  times: number;
  verdict: Verdict;
  publishers: PublisherFacts;
  recoveries: Recovery[];
  /** Settlements of a lost lease, that the store refused. */
  lateSettles: number;
  /** What must not be; empty where all held. */
  failures: string[];
};

const recoverMs = 60_000;

/** One fault so many times under one load that never pauses, and what became of every event. */
export async function measureFault<S extends Stand>(
  stand: S,
  fault: Fault<S>,
  times: number,
  pace: Pace,
  random: () => number,
): Promise<Measured> {
  const { apis, people, receivers } = stand;
  // The counters that follow begin with 0 too: no fault's prefix is another's.
  const prefix = `evt_${fault.name.replaceAll('-', '')}0`;
  const ledger = createLedger(prefix, receivers.urls.length, fault.isUnordered !== true);
  const lateBefore = lateSettles(stand);
  receivers.tell(ledger.take);
  receivers.answerWithin(fault.answerWithinMs ?? 100);
  const publishing = startPublishers({
    origins: apis.map((api) => api.origin),
    token: people.publisher,
    accountId: people.account.id,
    prefix,
    pace: fault.pace ?? pace,
    ledger,
  });
  const recoveries: Recovery[] = [];
  const failures: string[] = [];

  try {
    await until('the first events arrive', () => ledger.arrivals() > 50, recoverMs);
    for (let round = 0; round < times; round++) {
      await pause(500 + random() * 1_000);
      await fault.strike(stand, round);
      const fromMs = Date.now();
      const caughtUp = () => hasArrived(ledger, fromMs);
      await (fault.holds === 'until recovered' ? caughtUp() : pause(fault.holds));
      await fault.mend(stand, round);
      await caughtUp();
      await until('every endpoint is served again', () => ledger.recovery(fromMs).servedAgainMs !== null);
      recoveries.push(ledger.recovery(fromMs));
    }
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  await publishing.stop();
  await until('every accepted event has arrived everywhere', () => ledger.missing() === 0, recoverMs).catch(
    // The verdict names them.
    () => undefined,
  );
  // Longer than a lease: what would come twice has come.
  const isDone = async () => {
    await pause(250);
    return (await openDeliveries(stand)) === 0;
  };
  await until('nothing is due any more', isDone, recoverMs).catch((error: Error) =>
    failures.push(error.message),
  );

  const verdict = ledger.verdict();
  failures.push(
    ...faultsOf(verdict, publishing.facts, await storeFacts(stand, prefix), stand.ended.splice(0)),
  );
  return {
    name: fault.name,
    title: fault.title,
    times,
    verdict,
    publishers: publishing.facts,
    recoveries,
    lateSettles: lateSettles(stand) - lateBefore,
    failures,
  };
}

/** All that is accepted by now. */
async function hasArrived(ledger: Ledger, fromMs: number): Promise<void> {
  const since = Date.now();
  await until(
    `what was accepted until ${since - fromMs} ms after the fault has arrived`,
    () => ledger.missing(Date.now() - since) === 0,
    recoverMs,
  );
}

function faultsOf(
  verdict: Verdict,
  publishers: PublisherFacts,
  store: StoreFacts,
  ended: string[],
): string[] {
  const few = (what: string, all: string[]): string[] =>
    all.length === 0 ? [] : [`${all.length} ${what}: ${all.slice(0, 3).join('; ')}`];
  return [
    ...few('lost', verdict.lost),
    ...few('wrong arrivals', verdict.wrong),
    ...few('answers that nothing excuses', publishers.surprises),
    ...few('processes ended by themselves', ended),
    ...(store.events === verdict.accepted
      ? []
      : [`the store has ${store.events} events, ${verdict.accepted} were accepted`]),
    ...(store.undelivered === 0 ? [] : [`${store.undelivered} deliveries are not on record as delivered`]),
    ...(store.miscounted === 0 ? [] : [`${store.miscounted} deliveries were settled more often than once`]),
  ];
}

/** Each is one line in the log of the worker that came too late. */
function lateSettles({ workers }: Stand): number {
  return workers.reduce((sum, worker) => sum + worker.output().split('"lease.lost"').length - 1, 0);
}
