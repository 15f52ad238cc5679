import type { Facts, Ref } from '#kit';
import { text } from './read.ts';

/** Where a message of ours stands. `ts` is its id within the channel; null: the webhook did not tell. */
export type Place = { channel: string; ts: string | null };

/** `C0123/1525215129.000001`, or `C0123` alone. */
export function refOf({ channel, ts }: Place, facts: Facts): Ref {
  const workspace = text(facts, 'workspaceUrl');
  const at = ts === null ? channel : `${channel}/p${ts.replace('.', '')}`;
  return {
    id: ts === null ? channel : `${channel}/${ts}`,
    ...(workspace ? { url: `${workspace.replace(/\/?$/, '/')}archives/${at}` } : {}),
  };
}

export const placeOf = (ref: Ref): Place => addressOf(ref.id);

export function addressOf(id: string): Place {
  const [channel = '', ts] = id.split('/');
  return { channel, ts: ts !== undefined && /^\d{1,12}\.\d{1,9}$/.test(ts) ? ts : null };
}
