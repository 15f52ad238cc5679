import type { Ports } from '#src/context';
import { findCandidate, stopReason } from '#src/deliveries';
import type { Candidate } from '#src/ports';
import { isNotice } from '#src/subscriptions';

/**
 * What a prepared delivery hangs on, as a word that a worker can ask after: whose subscription it is, and a print of
 * what it was prepared from. Grant, account and subscription stand in the delivered body anyway; the print is opaque.
 */
export function permitFor(
  ports: Pick<Ports, 'digest' | 'peppers'>,
  { env, type }: { env: string; type: string },
  candidate: Candidate,
): string {
  const { grant, subscription } = candidate;
  const whose = [env, grant.accountId, grant.id, subscription.id, printOf(ports, candidate)];
  // A notice is asked after as what it is: its grant has ended.
  return [...whose, ...(isNotice(type) ? [type] : [])].join('/');
}

/** Whether what was prepared under it may still be sent. Goes by the gate and the directory as they are. */
export async function stands(
  ports: Pick<Ports, 'digest' | 'peppers' | 'directory' | 'store' | 'gate' | 'log'>,
  permit: string,
): Promise<boolean> {
  const [env, accountId = '', grantId = '', subscriptionId = '', print, type = ''] = permit.split('/');
  if (env !== 'live' && env !== 'test') return false;
  const candidate = await findCandidate(ports, { accountId, grantId, subscriptionId, event: { env, type } });
  if (!candidate || stopReason(ports, candidate)) return false;
  return print === printOf(ports, candidate);
}

/**
 * The version rises with the address and the secrets; the scopes do not touch it. Under the pepper, since scopes are few
 * enough to be guessed from a plain digest.
 */
function printOf(
  { digest, peppers }: Pick<Ports, 'digest' | 'peppers'>,
  { subscription, viewKey }: Candidate,
): string {
  const pepper = peppers.keys.get(peppers.current) ?? new Uint8Array();
  return digest.hmacSha256(pepper, `permit ${subscription.version} ${viewKey}`).slice(0, 16);
}
