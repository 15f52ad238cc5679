import type { Pool } from 'pg';
import type { Ask, EpochMark, Gate, Log, Store } from '#src/ports';
import { createEpochCopy } from './gate/epoch-copy.ts';
import { followStore } from './gate/follow-store.ts';
import { sharedRun } from './gate/shared-run.ts';
import { admitAll } from './gate-postgres/admit.ts';
import { listen, notification } from './gate-postgres/listen.ts';
import { createBatch } from './store-postgres/batch.ts';

export type PostgresGateOptions = {
  store: Pick<Store, 'db' | 'tables'>;
  pool: Pool;
  log: Log;
  /** As of the store: only where no pooler in transaction mode stands before the server. */
  namedStatements?: boolean;
  /** The server itself, past any pooler: what others note is then heard within milliseconds. */
  listenUrl?: string;
};

/** Without LISTEN this is how late `standing` may be; with it, how late where a notification was lost. */
const pollMs = { deaf: 200, listening: 1_000 };
const keepCapsMs = 3_600_000;

/**
 * The gate of a cluster without Redis. `admit` asks the rows themselves, so a revocation holds from its commit on, in
 * every process; the copy is for `standing` alone.
 */
export async function createPostgresGate(options: PostgresGateOptions): Promise<Gate> {
  const { store, pool, log } = options;
  const copy = createEpochCopy();
  const follower = followStore(store, copy);
  const freshen = sharedRun(async () => void (await follower.catchUp()));
  await freshen();

  const quietly = () => void freshen().catch((error: unknown) => log.error('gate.freshen', error));
  const merge = (marks: readonly EpochMark[]) => marks.forEach((mark) => copy.merge(mark));
  const ear = options.listenUrl ? listen(options.listenUrl, log, { onMarks: merge, onGap: quietly }) : null;
  const poll = setInterval(quietly, ear ? pollMs.listening : pollMs.deaf).unref();
  const sweep = setInterval(
    () => void forgetCaps(pool).catch((error: unknown) => log.error('gate.caps', error)),
    keepCapsMs / 6,
  ).unref();
  const admissions = createBatch({
    run: (asks: Ask[]) => admitAll(pool, asks, options.namedStatements ?? false),
    weigh: () => 1,
    maxWeight: 256,
    maxInFlight: 2,
    mayRunAlone: () => false,
  });

  return {
    freshen,
    standing: (...snapshots) => copy.standing(...snapshots),
    snapshot: (subjects) => copy.snapshot(subjects),
    note: async (marks) => {
      merge(marks);
      // The store has them already, and the store is what others ask; this only makes them hear of it sooner.
      await pool.query(notification(marks)).catch((error: unknown) => log.error('gate.notify', error));
    },
    admit: (ask) => admissions.add(ask),
    generation: () => 0,
    close: async () => {
      clearInterval(poll);
      clearInterval(sweep);
      await Promise.all([ear?.stop(), admissions.idle()]);
    },
  };
}

/** A bucket that has rested for an hour says no more than one that is not there. */
async function forgetCaps(pool: Pool): Promise<void> {
  await pool.query(
    `DELETE FROM caps WHERE arrival_us < (extract(epoch FROM clock_timestamp()) * 1000)::bigint * 1000 - $1`,
    [keepCapsMs * 1_000],
  );
}
