import { PatchbayError } from '#src/errors';
import type { Settings } from '#src/context';
import type { Admission, Cap, Clock } from '#src/ports';
import { createBuckets } from './buckets.ts';

export type Addresses = {
  /** Counts one token that was none against where it came from, never against whom it names. Throws 429 past the limit. */
  charge(address: string): void;
  /** Throws 429 where this address has sent too many: what it sends is not looked up any more. */
  refuseSpent(address: string): void;
};

const windowMs = 600_000;

/** In memory, each process its own: an attacker must not cost a round trip. */
export function createAddresses(
  settings: Pick<Settings, 'badTokensPerAddress'>,
  clock: Pick<Clock, 'ticks'>,
): Addresses {
  const buckets = createBuckets(() => Math.floor(clock.ticks() * 1_000));
  const burst = settings.badTokensPerAddress;
  const capOf = (address: string): Cap => ({
    level: 'token',
    key: networkOf(address),
    periodMs: windowMs / burst,
    burst,
    cost: 1,
  });
  const refuse = (admission: Admission): void => {
    if (!admission.refused) return;
    const seconds = Math.max(1, Math.ceil(admission.refused.retryAfterMs / 1_000));
    throw new PatchbayError('quota_exceeded', {
      public: `Too many calls without a valid token came from this address. Try again in ${seconds} s.`,
      retryAfterSeconds: seconds,
      violatedPolicies: ['address'],
    });
  };
  return {
    charge: (address) => refuse(buckets.spend([capOf(address)])),
    refuseSpent: (address) => refuse(buckets.look([capOf(address)])),
  };
}

/** A subscriber of IPv6 has a whole /64 to send from. */
export const networkOf = (address: string): string =>
  address.includes(':') && !address.startsWith('::ffff:')
    ? expandedPrefix(address)
    : address.replace('::ffff:', '');

function expandedPrefix(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4).join(':');
}

/**
 * Who is behind `hops` proxies of the operator's own, each of which has put the address it heard from at the end of
 * X-Forwarded-For. Anything further left was written by strangers.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, hops: number): string {
  if (hops === 0 || !forwardedFor) return peer;
  const heard = forwardedFor.split(',').map((part) => part.trim());
  return heard.at(-hops) ?? heard[0] ?? peer;
}
