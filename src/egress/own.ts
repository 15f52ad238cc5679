import { plainAddress } from './classify.ts';
import type { EgressPolicy } from './policy.ts';

/** Whether a name or an address is this hub itself, however it is spelled: `::ffff:8.8.8.8` reaches 8.8.8.8. */
export function isOwn(host: string, { ownHosts }: EgressPolicy): boolean {
  const address = plainAddress(host);
  return ownHosts.some((own) =>
    address === undefined ? own.toLowerCase() === host : plainAddress(own) === address,
  );
}
