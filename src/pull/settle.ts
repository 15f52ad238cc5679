import { eq, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { createHealthBook, findCandidate, joinSettles, settlePulled } from '#src/deliveries';
import type { LeasedDelivery } from '#src/ports';
import { permitFor } from './permit.ts';
import type { Settle, SettleAnswer, SettledOutcome } from './protocol.ts';

/** D1 binds at most 100 parameters a statement. */
const rowsPerRead = 90;

type Leased = { delivery: LeasedDelivery; failingSinceMs: number | null };

/**
 * What a worker's attempts came to. The hub reckons what becomes of each, and each write is fenced by its lease: a
 * worker that was frozen past it writes nothing, and is told so.
 */
export async function settle(ports: Ports, { outcomes }: Settle): Promise<SettleAnswer> {
  const own = { ...ports, store: joinSettles(ports.store, ports.clock).store };
  const health = createHealthBook(own);
  const leased = await readLeased(ports, outcomes);
  await ports.gate.freshen();
  await ports.directory.freshen();
  const written = await Promise.all(outcomes.map(one));
  const idsOf = (isWritten: boolean) =>
    outcomes.filter((_, i) => written[i] === isWritten).map(({ deliveryId }) => deliveryId);
  return { settled: idsOf(true), lost: idsOf(false) };

  async function one({ deliveryId, leaseId, agoMs, permit, result }: SettledOutcome): Promise<boolean> {
    const here = leased.get(deliveryId);
    if (here?.delivery.leaseId !== leaseId) {
      ports.log.warn('lease.lost', { delivery: deliveryId });
      return false;
    }
    const { delivery, failingSinceMs } = here;
    const candidate = await findCandidate(ports, delivery);
    return settlePulled(own, health, delivery, {
      startedAtMs: ports.clock.ms() - agoMs,
      result,
      candidate,
      isOfCandidate: candidate !== undefined && permitFor(ports, delivery.event, candidate) === permit,
      failingSinceMs,
    });
  }
}

async function readLeased({ store }: Ports, outcomes: Settle['outcomes']): Promise<Map<string, Leased>> {
  const { deliveries: d, events: e, subscriptions: s } = store.tables;
  const found = new Map<string, Leased>();
  for (let at = 0; at < outcomes.length; at += rowsPerRead) {
    const ids = outcomes.slice(at, at + rowsPerRead).map(({ deliveryId }) => deliveryId);
    const rows = await store.db
      .select({ delivery: d, event: e, failingSince: s.failingSince })
      .from(d)
      .innerJoin(e, eq(e.position, d.eventPosition))
      .innerJoin(s, eq(s.id, d.subscriptionId))
      .where(inArray(d.id, ids));
    for (const { delivery, event, failingSince } of rows) {
      if (delivery.state !== 'leased' || delivery.leaseId === null) continue;
      found.set(delivery.id, {
        delivery: {
          ...delivery,
          leaseId: delivery.leaseId,
          untilMs: delivery.dueAt?.getTime() ?? 0,
          event: {
            ...event,
            occurredAtMs: event.occurredAt.getTime(),
            acceptedAtMs: event.acceptedAt.getTime(),
          },
        },
        failingSinceMs: failingSince?.getTime() ?? null,
      });
    }
  }
  return found;
}
