import { createHmac, timingSafeEqual } from 'node:crypto';
import { nowMicros } from '../clock.ts';
import { createHistogram, mergeHistograms, recordMicros, summarise } from '../histogram.ts';
import type { Histogram } from '../histogram.ts';
import { stampIn, stampMicros } from '../stamps.ts';
import { headerOf } from './request.ts';
import type { RawRequest } from './request.ts';
import type { SinkCounts } from './plan.ts';

/** What one path has received since the last reset. */
type PathTally = {
  received: number;
  taken: number;
  ids: Set<string>;
  latency: Histogram;
  firstAtMicros: number;
  lastAtMicros: number;
  checked: number;
  wrong: number;
};

export type Tally = {
  receive(request: RawRequest, isTaken: boolean): void;
  expectSecret(path: string, secret: string): void;
  /** Of all paths that start so. */
  counts(prefix: string): SinkCounts;
  /** When each stamp came first, in microseconds; kept only where the last reset asked for it. */
  arrivals(): Record<string, number>;
  reset(keepsArrivals: boolean): void;
};

// One signature in this many is checked: enough to notice a wrong key, too few to cost the sink its speed.
const CHECK_EVERY = 200;

export function createTally(): Tally {
  const paths = new Map<string, PathTally>();
  const secrets = new Map<string, Buffer>();
  const kept: { arrivals: Map<string, number> | null } = { arrivals: null };

  return {
    receive: (request, isTaken) => {
      const tally = tallyOf(paths, request.path);
      const now = nowMicros();
      const key = secrets.get(request.path);
      if (key !== undefined && tally.received % CHECK_EVERY === 0) {
        tally.checked += 1;
        if (!isSigned(request, key)) tally.wrong += 1;
      }
      tally.received += 1;
      if (tally.received === 1) tally.firstAtMicros = now;
      tally.lastAtMicros = now;
      tally.ids.add(headerOf(request.head, 'webhook-id') ?? '');
      if (!isTaken) return;
      tally.taken += 1;
      const stamp = stampIn(request.body);
      const stampedAt = stampMicros(stamp);
      if (kept.arrivals !== null && !kept.arrivals.has(stamp)) kept.arrivals.set(stamp, now);
      if (!Number.isNaN(stampedAt)) recordMicros(tally.latency, now - stampedAt);
    },
    expectSecret: (path, secret) => {
      secrets.set(path, Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
    },
    counts: (prefix) => {
      const chosen = [...paths].filter(([path]) => path.startsWith(prefix)).map(([, tally]) => tally);
      return sumUp(chosen);
    },
    arrivals: () => Object.fromEntries(kept.arrivals ?? []),
    reset: (keepsArrivals) => {
      paths.clear();
      kept.arrivals = keepsArrivals ? new Map() : null;
    },
  };
}

function tallyOf(paths: Map<string, PathTally>, path: string): PathTally {
  const known = paths.get(path);
  if (known !== undefined) return known;
  const latency = createHistogram();
  const none = { received: 0, taken: 0, firstAtMicros: 0, lastAtMicros: 0, checked: 0, wrong: 0 };
  const fresh = { ...none, ids: new Set<string>(), latency };
  paths.set(path, fresh);
  return fresh;
}

// Standard Webhooks 1.0: HMAC-SHA256 over "id.timestamp.body"; several signatures are parted by blanks.
function isSigned(request: RawRequest, key: Buffer): boolean {
  const id = headerOf(request.head, 'webhook-id') ?? '';
  const timestamp = headerOf(request.head, 'webhook-timestamp') ?? '';
  const hmac = createHmac('sha256', key)
    .update(`${id}.${timestamp}.`)
    .update(Buffer.from(request.body, 'latin1'));
  const wanted = hmac.digest();
  const given = (headerOf(request.head, 'webhook-signature') ?? '').split(' ');
  return given.some((one) => {
    const bytes = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
  });
}

function sumUp(tallies: PathTally[]): SinkCounts {
  const sum = (of: (tally: PathTally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    received: sum((tally) => tally.received),
    distinct: sum((tally) => tally.ids.size),
    taken: sum((tally) => tally.taken),
    firstAtMicros: tallies.reduce(
      (least, tally) => Math.min(least, tally.firstAtMicros),
      Number.MAX_SAFE_INTEGER,
    ),
    lastAtMicros: tallies.reduce((most, tally) => Math.max(most, tally.lastAtMicros), 0),
    latency: summarise(mergeHistograms(tallies.map((tally) => tally.latency))),
    signatures: { checked: sum((tally) => tally.checked), wrong: sum((tally) => tally.wrong) },
  };
}
