/** The vendors' own limits, kept before they have to say so: token buckets of this process. */
import type { Manifest } from '#kit';
import type { Ports } from '#src/context';

export type VendorLimits = {
  /** Takes one token of each limit, or none and says who has to wait how long. */
  take(
    manifest: Manifest<unknown, string>,
    of: Of,
    resource?: string,
  ): { per: 'app' | 'connection' | 'resource'; afterMs: number } | null;
};

/** A vendor counts by its own account, however often that is linked here; where it tells none, a connection is one. */
type Of = { id: string; vendorAccount: string };

const most = 20_000;

/**
 * All lanes of a vendor have one owner among a cluster's workers, so that a process's buckets are the installation's. On
 * Workers each isolate has its own, and a vendor's 429 does the rest.
 */
export function createVendorLimits({ clock }: Pick<Ports, 'clock'>): VendorLimits {
  /** GCRA: the moment from which the bucket is full again. */
  const arrivals = new Map<string, number>();
  return {
    take: ({ id, limits }, of, resource) => {
      const nowMs = clock.ms();
      const account = of.vendorAccount === '' ? of.id : `at ${of.vendorAccount}`;
      const asked = limits.flatMap((limit) => {
        const whose = {
          app: '',
          connection: account,
          resource: resource && `${account} ${resource}`,
        }[limit.per];
        return whose === undefined
          ? []
          : [{ ...limit, key: `${id} ${limit.per} ${limit.windowMs} ${whose}` }];
      });
      for (const { per, key, tokens, windowMs } of asked) {
        const afterMs =
          Math.max(nowMs, arrivals.get(key) ?? 0) + periodOf(windowMs, tokens) - windowMs - nowMs;
        if (afterMs > 0) return { per, afterMs: Math.ceil(afterMs) };
      }
      if (arrivals.size > most) for (const [key, ms] of arrivals) if (ms < nowMs) arrivals.delete(key);
      for (const { key, tokens, windowMs } of asked)
        arrivals.set(key, Math.max(nowMs, arrivals.get(key) ?? 0) + periodOf(windowMs, tokens));
      return null;
    },
  };
}

/** Rounded down to what a sum of doubles keeps: a full window must take all of its tokens. */
const periodOf = (windowMs: number, tokens: number): number =>
  Math.floor((windowMs / tokens) * 1_024) / 1_024;
