import { type AddressVerdict, classifyAddress } from './classify.ts';
import { isLoopbackAddress, isLoopbackHost } from './loopback.ts';
import { isOwn } from './own.ts';
import { allowLoopback, type EgressPolicy } from './policy.ts';

/**
 * Whether a connection for `host` may go to `address`: asked for every address that the name has now,
 * and once more for the one that the socket says it reached. `host` is what `inspectUrl` gave.
 */
export function admitAddress(address: string, host: string, policy: EgressPolicy): AddressVerdict {
  if (policy[allowLoopback] && isLoopbackHost(host)) {
    // The switch also lets http through, so it must not lead out of this machine.
    return isLoopbackAddress(address) ? { ok: true } : strayed;
  }
  if (isOwn(address, policy)) return ourselves;
  return classifyAddress(address);
}

const strayed: AddressVerdict = { ok: false, range: 'none', why: 'not loopback, though the host says so' };
const ourselves: AddressVerdict = { ok: false, range: 'none', why: 'an address of this hub itself' };
