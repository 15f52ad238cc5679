import type * as z from 'zod';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { checked, parseStrictJson, readBody } from '#src/wire';
import type { WorkerKeys } from './keys.ts';
import { fits, readClaim } from './signed-call.ts';

/** The body of a call that is signed, of now, and not seen before. Throws 401 for all else, and counts it. */
export type Verifier = <S extends z.ZodType>(
  request: Request,
  shape: S,
  maxBytes: number,
) => Promise<z.output<S>>;

/** How far two clocks may be apart. A nonce is remembered for longer than that. */
const windowMs = 60_000;
const maxNonces = 200_000;

type Needs = Pick<Ports, 'clock' | 'digest' | 'meter'>;

export function createVerifier({ clock, digest, meter }: Needs, { keys }: WorkerKeys): Verifier {
  const nonces = createNonces(() => clock.ms());
  const refused = (why: string, words: string) => {
    meter.count('worker_calls_refused', { why });
    return new PatchbayError('unauthenticated', { public: words });
  };

  return async (request, shape, maxBytes) => {
    const claim = readClaim(request.headers.get('authorization'));
    if (!claim) throw refused('unsigned', 'This address takes calls that are signed with a worker key.');
    const key = keys.get(claim.key);
    if (!key)
      throw refused('unknown_key', `There is no worker key ${claim.key} here. Compare PATCHBAY_WORKER_KEYS.`);
    const bytes = await readBody(request, maxBytes);
    const body = new TextDecoder().decode(bytes);
    const path = new URL(request.url).pathname;
    if (!fits(digest, key, { method: request.method, path, ...claim, body }, claim.signature))
      throw refused(
        'signature',
        `The signature does not fit: worker key ${claim.key} is another one here, or the call was altered on its way.`,
      );
    const aheadMs = claim.time * 1_000 - clock.ms();
    if (Math.abs(aheadMs) > windowMs)
      throw refused(
        'clock',
        `The clocks are ${Math.round(Math.abs(aheadMs) / 1_000)} s apart: the caller’s is ${aheadMs > 0 ? 'ahead' : 'behind'}. Set both by NTP.`,
      );
    if (!nonces.isFirst(claim.nonce)) throw refused('replay', 'This very call was made before.');
    return checked(shape, parseStrictJson(bytes).value);
  };
}

/** Two generations: nothing is swept, and no nonce is forgotten while its call would still be of now. */
function createNonces(nowMs: () => number): { isFirst(nonce: string): boolean } {
  const state = { young: new Set<string>(), old: new Set<string>(), turnedAtMs: nowMs() };
  return {
    isFirst: (nonce) => {
      if (Math.abs(nowMs() - state.turnedAtMs) > 2 * windowMs + 1_000 || state.young.size >= maxNonces)
        Object.assign(state, { old: state.young, young: new Set<string>(), turnedAtMs: nowMs() });
      if (state.young.has(nonce) || state.old.has(nonce)) return false;
      state.young.add(nonce);
      return true;
    },
  };
}
