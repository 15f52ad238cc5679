import { createHash } from 'node:crypto';

/** One webhook as an endpoint took it. */
export type Arrival = {
  endpoint: number;
  webhookId: string;
  eventId: string;
  body: string;
  isSigned: boolean;
  /** Where the endpoint wants order within a subject. */
  line: { subject: string; sequence: number } | null;
};

export type Verdict = {
  /** Events that were answered 202. */
  accepted: number;
  /** What had to arrive: accepted events times endpoints. */
  deliveries: number;
  lost: string[];
  /** Arrivals of what had arrived before, under the same `webhook-id` with the same body. */
  duplicates: number;
  /** Arrivals that a receiver could not know as a duplicate, that were out of order, or nobody's. */
  wrong: string[];
};

/** Milliseconds from a moment. */
export type Recovery = {
  /** Until every endpoint had got an event that was accepted after the moment; null where that never came. */
  servedAgainMs: number | null;
  /** Until the last delivery that came late. */
  caughtUpMs: number;
  /** Of what arrived since: from the 202 to the arrival. */
  longestWaitMs: number;
};

/** What was accepted against what arrived, event by event and endpoint by endpoint. */
export type Ledger = {
  accept(eventId: string): void;
  take(arrival: Arrival): void;
  arrivals(): number;
  /** Deliveries that have not arrived, of events that were accepted longer ago than this. */
  missing(olderThanMs?: number): number;
  recovery(fromMs: number): Recovery;
  verdict(): Verdict;
};

/** A delivery that comes later than this after the 202 had to wait for something. */
export const lateMs = 1_000;

type Kept = { acceptedAtMs: number | null; firstAtMs: (number | undefined)[]; webhookIds: string[] };

export function createLedger(prefix: string, endpoints: number, isOrdered: boolean): Ledger {
  const events = new Map<string, Kept>();
  const open = new Map<string, Kept>();
  const bodies = new Map<string, string>();
  const lines = new Map<string, number>();
  const counts = { arrivals: 0, duplicates: 0 };
  const wrong: string[] = [];

  return {
    accept: (eventId) => {
      const kept = keptOf(eventId);
      kept.acceptedAtMs ??= Date.now();
      if (isOpen(kept)) open.set(eventId, kept);
    },
    take: ({ endpoint, webhookId, eventId, body, isSigned, line }) => {
      // Of the fault before this one.
      if (!eventId.startsWith(prefix)) return;
      counts.arrivals += 1;
      if (!isSigned) wrong.push(`${eventId}: the signature does not hold`);
      const kept = keptOf(eventId);
      const known = kept.webhookIds[endpoint];
      const digest = createHash('sha256').update(body).digest('base64');
      if (known === undefined) {
        if (bodies.has(webhookId)) wrong.push(`${eventId}: ${webhookId} was another's`);
        kept.webhookIds[endpoint] = webhookId;
        kept.firstAtMs[endpoint] = Date.now();
        bodies.set(webhookId, digest);
        if (!isOpen(kept)) open.delete(eventId);
        if (isOrdered && line && !isNext(line))
          wrong.push(`${eventId}: ${line.subject} had gone past ${line.sequence}`);
      } else if (known !== webhookId) wrong.push(`${eventId}: came as ${known} and as ${webhookId}`);
      else if (bodies.get(webhookId) !== digest) wrong.push(`${eventId}: ${webhookId} with another body`);
      else counts.duplicates += 1;
    },
    arrivals: () => counts.arrivals,
    missing: (olderThanMs = 0) => {
      const since = Date.now() - olderThanMs;
      let missing = 0;
      for (const kept of open.values()) if (kept.acceptedAtMs! <= since) missing += missingOf(kept);
      return missing;
    },
    recovery: (fromMs) => {
      const again = Array.from({ length: endpoints }, () => Number.POSITIVE_INFINITY);
      let lastLateMs = fromMs;
      let longestWaitMs = 0;
      for (const { acceptedAtMs, firstAtMs } of events.values()) {
        if (acceptedAtMs === null) continue;
        firstAtMs.forEach((atMs, endpoint) => {
          if (atMs === undefined || atMs < fromMs) return;
          if (acceptedAtMs >= fromMs) again[endpoint] = Math.min(again[endpoint]!, atMs - fromMs);
          longestWaitMs = Math.max(longestWaitMs, atMs - acceptedAtMs);
          if (atMs - acceptedAtMs > lateMs) lastLateMs = Math.max(lastLateMs, atMs);
        });
      }
      const servedAgainMs = Math.max(...again);
      return {
        servedAgainMs: Number.isFinite(servedAgainMs) ? servedAgainMs : null,
        caughtUpMs: lastLateMs - fromMs,
        longestWaitMs,
      };
    },
    verdict: () => {
      const accepted = [...events].filter(([, kept]) => kept.acceptedAtMs !== null);
      const unasked = [...events].filter(([, kept]) => kept.acceptedAtMs === null);
      return {
        accepted: accepted.length,
        deliveries: accepted.length * endpoints,
        lost: [...open].map(([id, kept]) => `${id} at ${missingOf(kept)} endpoint(s)`),
        duplicates: counts.duplicates,
        wrong: [...wrong, ...unasked.map(([id]) => `${id}: arrived, but was never accepted`)],
      };
    },
  };

  function isNext({ subject, sequence }: NonNullable<Arrival['line']>): boolean {
    const last = lines.get(subject) ?? 0;
    lines.set(subject, Math.max(last, sequence));
    return sequence > last;
  }

  function keptOf(eventId: string): Kept {
    const known = events.get(eventId);
    if (known) return known;
    const kept: Kept = { acceptedAtMs: null, firstAtMs: [], webhookIds: [] };
    events.set(eventId, kept);
    return kept;
  }

  function missingOf({ webhookIds }: Kept): number {
    return endpoints - Object.keys(webhookIds).length;
  }
  function isOpen(kept: Kept): boolean {
    return missingOf(kept) > 0;
  }
}
