import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import type { Candidate } from '#src/ports';
import { endGone, endsWhenGone } from '#src/subscriptions';
import { addTask } from '#src/tasks';
import type { Lane } from './lane.ts';
import type { EndpointAdvice } from './schedule.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'log' | 'meter' | 'directory' | 'queue'>;

/** What the row of a subscription keeps of its endpoint's health. Written on a change only, never per attempt. */
export type HealthBook = {
  /** Resolves when all of it is written; never rejects. */
  note(lane: Lane, candidate: Candidate, advice: EndpointAdvice, succeeded: boolean): Promise<void>;
};

export function createHealthBook(ports: Needs): HealthBook {
  const { store, clock, log } = ports;
  const { subscriptions } = store.tables;
  const known = new Set<string>();

  const quietly = (what: string, id: string, run: () => Promise<unknown>): Promise<unknown> =>
    run().catch((error: unknown) => log.error(what, error, { subscription: id }));

  return {
    note: async (lane, candidate, advice, succeeded) => {
      await Promise.all(changesOf(lane, candidate, advice, succeeded));
    },
  };

  function changesOf(
    lane: Lane,
    candidate: Candidate,
    advice: EndpointAdvice,
    succeeded: boolean,
  ): Promise<unknown>[] {
    const { id } = lane;
    const writes: Promise<unknown>[] = [];
    const proof = `${id} ${lane.target}`;
    if (succeeded && !known.has(proof) && candidate.subscription.provenAt === null) {
      known.add(proof);
      writes.push(quietly('health.proven', id, () => writeProof(candidate, proof)));
    }
    if (succeeded && lane.failingSinceMs !== null) {
      lane.failingSinceMs = null;
      writes.push(quietly('health.recovered', id, () => writeFailing(id, null)));
    }
    if (!succeeded && lane.failingSinceMs === null) {
      const since = clock.now();
      lane.failingSinceMs = since.getTime();
      writes.push(quietly('health.failing', id, () => writeFailing(id, since)));
    }
    if (advice === 'gone' && endsWhenGone(candidate.subscription))
      writes.push(quietly('health.end', id, () => endGone(ports, candidate.subscription)));
    else if (advice === 'gone' || advice === 'failing_too_long')
      writes.push(quietly('health.disable', id, () => disable(ports, candidate, advice)));
    return writes;
  }

  async function writeProof({ subscription }: Candidate, proof: string): Promise<void> {
    const [proven] = await store.write((db) => [
      db
        .update(subscriptions)
        .set({ provenAt: clock.now() })
        // Of this version: the success of an address does not vouch for the one that took its place.
        .where(
          and(
            eq(subscriptions.id, subscription.id),
            isNull(subscriptions.provenAt),
            eq(subscriptions.version, subscription.version),
          ),
        )
        .returning({ id: subscriptions.id }),
    ]);
    if (proven.length === 0) known.delete(proof);
  }

  /** Where another process has seen it fail before, that moment stands. */
  function writeFailing(id: string, since: Date | null): Promise<unknown> {
    const isToBeSet = since === null ? undefined : isNull(subscriptions.failingSince);
    return store.write((db) => [
      db
        .update(subscriptions)
        .set({ failingSince: since })
        .where(and(eq(subscriptions.id, id), isToBeSet)),
    ]);
  }
}

/** The endpoint is gone or has done nothing but fail: its events are held from now on, until somebody resumes it. */
async function disable(
  ports: Needs,
  { subscription }: Candidate,
  why: 'gone' | 'failing_too_long',
): Promise<void> {
  const { store, clock, meter, directory, ids, queue } = ports;
  const { subscriptions, tasks } = store.tables;
  const now = clock.now();
  const said = `tsk_${subscription.id}_${subscription.version}`;
  const mark = ids.newId('wrk');
  const [changed] = await store.write((db) => [
    db
      .update(subscriptions)
      .set({
        state: 'disabled',
        stateReason: why,
        updatedAt: now,
        version: sql`${subscriptions.version} + 1`,
      })
      .where(
        and(
          eq(subscriptions.id, subscription.id),
          ne(subscriptions.state, 'deleted'),
          ne(subscriptions.state, 'disabled'),
          // A late answer of an address says nothing of the one that took its place.
          eq(subscriptions.version, subscription.version),
        ),
      )
      .returning({ id: subscriptions.id }),
    ...raiseVersion(db, ports, { accountId: subscription.accountId, subscriptionId: subscription.id }),
    // The account hears of it as an event of its own; a task, so that a crash here does not lose it. Its id is of this
    // version: several attempts may fail at once, and it is said once.
    addTask(db, ports, {
      id: said,
      kind: 'announce',
      subject: subscription.id,
      payload: { type: 'subscription.disabled', reason: why },
      leaseId: mark,
    }).onConflictDoNothing(),
    recordAuditIf(
      db,
      ports,
      {
        actor: 'hub',
        action: 'subscription.disable',
        subject: subscription.id,
        accountId: subscription.accountId,
        detail: { reason: why },
      },
      sql`exists (select 1 from ${tasks} where ${tasks.id} = ${said} and ${tasks.leaseId} = ${mark})`,
    ),
  ]);
  if (changed.length > 0) meter.count('subscriptions_disabled', { reason: why });
  await directory.freshen();
  queue.wake('tasks');
}
