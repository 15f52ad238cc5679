import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { HostOperations } from './host.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'log'>;

/** A write is durable, so a balancer that asks every second must not cost one each time. */
const writeEveryMs = 5_000;
const patienceMs = 2_000;

/**
 * Throws 503 where this process should get no traffic: it is stopping, or its store does not answer a read now and
 * a write lately. A probe that failed is tried again at once; probes that are asked for together are one.
 */
export function createReadiness(ports: Needs, host: HostOperations): () => Promise<void> {
  const { store, clock, log } = ports;
  const state = {
    wroteAtTicks: Number.NEGATIVE_INFINITY,
    probing: null as Promise<void> | null,
    probingSinceTicks: 0,
  };

  return async () => {
    if (host.isStopping?.()) {
      throw new PatchbayError('shutting_down', { public: 'This process is stopping.', retryAfterSeconds: 5 });
    }
    // On Workers a probe ends with the request that began it, and is then never heard of again.
    if (state.probing === null || clock.ticks() - state.probingSinceTicks > patienceMs) {
      state.probingSinceTicks = clock.ticks();
      state.probing = probe().finally(() => {
        state.probing = null;
      });
    }
    await within(patienceMs, state.probing);
  };

  async function probe(): Promise<void> {
    await store.version();
    if (clock.ticks() - state.wroteAtTicks < writeEveryMs) return;
    const { marks } = store.tables;
    const value = clock.ms();
    await store.write((db) => [
      db
        .insert(marks)
        .values({ name: 'readiness', value })
        .onConflictDoUpdate({ target: marks.name, set: { value } }),
    ]);
    state.wroteAtTicks = clock.ticks();
  }

  async function within(ms: number, work: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(ms, () => late.reject(new Error(`no answer within ${ms} ms`)));
    try {
      await Promise.race([work, late.promise]);
    } catch (error) {
      log.warn('readiness.failed', { why: error instanceof Error ? error.message : String(error) });
      throw new PatchbayError('store_unavailable', {
        public: 'The store does not answer, or takes no writes.',
        retryAfterSeconds: 5,
        cause: error,
      });
    } finally {
      cancel();
    }
  }
}
