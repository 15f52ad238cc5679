import type { Facts, Op, Ref } from '#kit';
import type { Kind } from './manifest.ts';
import { placeOf, refOf } from './ref.ts';

/** What takes a message back: an edit that leaves one line; by hand where it came through the webhook. */
export function undo(
  { key, seq, ref }: { key: string; seq: number; ref: Ref },
  facts: Facts,
): Op<Kind> | { manual: string } {
  const place = placeOf(ref);
  if (place.ts === null) {
    const { url } = ref.url ? ref : refOf(place, facts);
    return { manual: url ?? 'https://slack.com/workspace-signin' };
  }
  return { key, seq: seq + 1, kind: 'retract', body: { ref: ref.id } };
}
