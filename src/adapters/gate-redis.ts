import type { Pool } from 'pg';
import { admissionOf, burstUs, floorUs, needUs, notStanding, startUs } from '#src/limits';
import type { Admission, Ask, EpochMark, Gate, Log, Store } from '#src/ports';
import { createEpochCopy } from './gate/epoch-copy.ts';
import { followStore } from './gate/follow-store.ts';
import { healStore } from './gate/heal-store.ts';
import { sharedRun } from './gate/shared-run.ts';
import { readEpochs } from './gate/store-epochs.ts';
import { admitAll } from './gate-postgres/admit.ts';
import { type RedisClient, scriptRunner } from './gate-redis/client.ts';
import { mergeInto } from './gate-redis/fill.ts';
import { keys } from './gate-redis/keys.ts';
import { admitScript, sinceScript } from './gate-redis/scripts.ts';
import { hear } from './gate-redis/hear.ts';
import { createTrust, reconcileMs } from './gate-redis/trust.ts';
import { markOf } from './gate-redis/wire.ts';
import { createBatch } from './store-postgres/batch.ts';

export type RedisGateOptions = {
  redis: RedisClient;
  /** A connection of its own: one that subscribes can do nothing else. */
  subscriber: RedisClient;
  store: Pick<Store, 'db' | 'tables' | 'write'>;
  /** The store's database, asked where Redis cannot be trusted. */
  pool: Pool;
  namedStatements?: boolean;
  /** How long an answer may take until the store is asked instead; milliseconds. */
  patienceMs?: number;
  log: Log;
};

/** A Redis that hangs is as good as none. */
const defaultPatienceMs = 250;

/**
 * The gate of a cluster with Redis: epochs and caps in one script, by Redis' time. The store is the truth: Redis is
 * filled from it before it is trusted, compared with it every second, and where it is out of reach, empty or behind, the
 * database answers instead. The clients are the caller's to close.
 */
export async function createRedisGate(options: RedisGateOptions): Promise<Gate> {
  const { redis, subscriber, store, pool, log } = options;
  const copy = createEpochCopy();
  const patienceMs = options.patienceMs ?? defaultPatienceMs;
  const run = scriptRunner(redis, patienceMs);
  const follower = followStore(store, copy);
  const truth = {
    ...follower,
    readAll: () => readEpochs(store, Date.now()),
    heal: async (known: readonly Omit<EpochMark, 'version'>[], version: number) =>
      healStore(store, known, await readEpochs(store, Date.now()), version),
  };
  const trust = await createTrust({ redis, run, patienceMs, truth, merge: (mark) => copy.merge(mark), log });
  const viaStore = createBatch({
    run: (asks: Ask[]) => admitAll(pool, asks, options.namedStatements ?? false),
    weigh: () => 1,
    maxWeight: 256,
    maxInFlight: 2,
    mayRunAlone: () => false,
  });
  const freshen = sharedRun(async () => {
    if (!(await catchUpByRedis())) await follower.catchUp();
  });
  const quietly = () => void freshen().catch((error: unknown) => log.error('gate.freshen', error));
  const ear = hear(subscriber, { onMark: (mark) => copy.merge(mark), onGap: quietly });
  // For what was published and not heard, and for a Redis that has become another one unasked.
  const looking = setInterval(quietly, reconcileMs).unref();

  return {
    freshen,
    standing: (...snapshots) => copy.standing(...snapshots),
    snapshot: (subjects) => copy.snapshot(subjects),
    note,
    admit: async (ask) => {
      const admission = await admitByRedis(ask);
      return admission ?? viaStore.add(ask);
    },
    generation: () => trust.generation(),
    close: async () => {
      ear.stop();
      clearInterval(looking);
      await Promise.all([trust.close(), viaStore.idle()]);
    },
  };

  /** Null where Redis does not answer, or must not be believed. */
  async function admitByRedis({ epochs, token, caps }: Ask): Promise<Admission | null> {
    const trusted = trust.current();
    if (!trusted) return null;
    // What this process knows counts as well: under maximum, a Redis that lags cannot say yes to what it has not heard.
    const standing = copy.standing(...epochs);
    if (standing === 'revoked') return notStanding('revoked');
    const hangs = epochs.flatMap((snapshot) => Object.entries(snapshot));
    const answer = await trust.ask(
      admitScript,
      [keys.state, keys.epochs, keys.token(token.id), ...caps.map((cap) => keys.cap(cap.key))],
      [
        trusted.run,
        trusted.version,
        hangs.length,
        ...hangs.flatMap(([level, [id, value]]) => [`${level}:${id}`, value]),
        ...caps.flatMap((cap) => [needUs(cap), burstUs(cap), startUs(cap), floorUs(cap)]),
      ],
    );
    if (!answer) return null;
    const [found, isAllowed, ...ahead] = answer as number[]; // The script's own form.
    if (found === 2) return notStanding('revoked');
    return found === 1 ? notStanding('suspended') : admissionOf(caps, ahead, isAllowed === 1);
  }

  async function catchUpByRedis(): Promise<boolean> {
    for (;;) {
      const trusted = trust.current();
      if (!trusted) return false;
      const from = trusted.seq;
      const answer = await trust.ask(
        sinceScript,
        [keys.state, keys.epochs, keys.order],
        [trusted.run, trusted.version, from],
      );
      if (!answer) return false;
      const [, seq, ...found] = answer as string[]; // The script's own form.
      for (let i = 0; i < found.length; i += 2) copy.merge(markOf(found[i] ?? '', found[i + 1] ?? ''));
      trusted.seq = seq ?? from;
      // A part is at most 1,000 of them.
      if (found.length < 2_000) return true;
    }
  }

  async function note(marks: readonly EpochMark[]): Promise<void> {
    for (const mark of marks) copy.merge(mark);
    const to = Math.max(0, ...marks.map((mark) => mark.version));
    const trusted = trust.current();
    if (trusted) {
      try {
        if (await mergeInto(run, marks, { from: trusted.version, to }))
          return void (trusted.version = Math.max(trusted.version, to));
        trust.lose('behind the store');
      } catch (error) {
        trust.lose(error);
      }
    }
    // Others may still trust a Redis that this process cannot reach: they compare with the store every second.
    await new Promise((resolve) => setTimeout(resolve, 2 * reconcileMs));
  }
}
