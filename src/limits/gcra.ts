import type { Admission, Cap, CapState } from '#src/ports';

/**
 * GCRA: a bucket is one number, the theoretical arrival time (TAT), kept in whole microseconds so that memory, Lua and
 * SQL reach the same decision. A call needs `cost · T` and is allowed while `TAT + need` is at most `τ = burst · T`
 * ahead of now. `ahead` is how far the TAT lies ahead of now, 0 for a bucket that has rested. The TAT of a span is
 * counted from its end, so that no time passes for it and it comes to be a counter; once the span is over it has rested.
 */
const periodUs = (cap: Cap): number => Math.max(1, Math.round(cap.periodMs * 1_000));
export const needUs = (cap: Cap): number => Math.ceil(cap.cost * periodUs(cap));
export const burstUs = (cap: Cap): number => Math.floor(cap.burst * periodUs(cap));

/** What a TAT is compared with; 0: now. */
export const startUs = ({ span }: Cap): number => (span ? span.endsAtMs * 1_000 : 0);
/** How far ahead a bucket is in any case, whatever the gate remembers. */
export const floorUs = (cap: Cap): number => (cap.span ? Math.ceil(cap.span.usedAtLeast * periodUs(cap)) : 0);

/** Every cap, or none. */
export const allAllow = (caps: readonly Cap[], aheadUs: readonly number[]): boolean =>
  caps.every((cap, i) => (aheadUs[i] ?? 0) + needUs(cap) <= burstUs(cap));

/** `aheadUs` after the call where it was allowed, and unchanged where it was refused. */
export function admissionOf(caps: readonly Cap[], aheadUs: readonly number[], isAllowed: boolean): Admission {
  const states = caps.map((cap, i) => stateOf(cap, aheadUs[i] ?? 0));
  if (isAllowed) return { standing: 'valid', caps: states, refused: null };
  let refused: Admission['refused'] = null;
  caps.forEach((cap, i) => {
    const retryAfterMs = waitMs(cap, aheadUs[i] ?? 0);
    if (retryAfterMs > (refused?.retryAfterMs ?? 0)) refused = { level: cap.level, retryAfterMs };
  });
  return { standing: 'valid', caps: states, refused };
}

/** Until a cap that is so far ahead allows the call; 0: now. */
export function waitMs(cap: Cap, aheadUs: number): number {
  const lackMs = Math.max(0, (aheadUs + needUs(cap) - burstUs(cap)) / 1_000);
  return cap.span && lackMs > 0 ? cap.span.leftMs : lackMs;
}

const stateOf = (cap: Cap, aheadUs: number): CapState => ({
  remaining: Math.max(0, Math.floor((burstUs(cap) - aheadUs) / periodUs(cap))),
  fullInMs: Math.ceil(cap.span ? cap.span.leftMs : aheadUs / 1_000),
});

export const notStanding = (standing: 'suspended' | 'revoked'): Admission => ({
  standing,
  caps: [],
  refused: null,
});
