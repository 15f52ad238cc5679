import { decodeCursor, encodeCursor } from '#src/columns';
import type { StaffCtx } from '#src/staff';
import { casesOf } from './timeline-cases.ts';
import { deedsOf, looksOf } from './timeline-deeds.ts';
import { deliveriesOf } from './timeline-deliveries.ts';
import { daysOf } from './timeline-use.ts';
import { requireForm, type Subject } from './levels.ts';
import { recordLook } from './look.ts';

export const entryKinds = ['deed', 'look', 'delivery', 'use', 'case'] as const;
export type EntryKind = (typeof entryKinds)[number];

export type Entry = {
  kind: EntryKind;
  /** Where it stands; a day of use at its beginning. */
  at: string;
  /** `token.create`, `delivered`, `calls`: the action, the state, what was counted. */
  what: string;
  /** Who did it, where it is a deed or a look. */
  actor: string | null;
  subject: string;
  detail: Record<string, unknown>;
};
/** `place` is where this source goes on after it. */
export type Placed = Entry & { place: string };

/** One kind of what happened, newest first, in an order of its own. */
export type Source = (
  ctx: Pick<StaffCtx, 'store' | 'clock'>,
  subject: Subject,
  from: { place: string; limit: number },
) => Promise<Placed[]>;

const sources: Record<EntryKind, Source> = {
  deed: deedsOf,
  look: looksOf,
  delivery: deliveriesOf,
  use: daysOf,
  case: casesOf,
};

export type TimelinePage = { data: Entry[]; next_cursor: string | null };

/**
 * What happened to it and what it did, newest first. Each source keeps its own order and its own place in the cursor, and
 * the page takes the newest head among them: so nothing is left out and nothing comes twice, though clocks differ.
 */
export async function timelineOf(
  ctx: StaffCtx,
  subject: Subject,
  asked: { kinds: readonly EntryKind[]; limit: number; after?: string | undefined },
): Promise<TimelinePage> {
  requireForm(subject);
  const { kinds, limit, after } = asked;
  const places = after
    ? decodeCursor('timeline', after, ['string', 'string', 'string', 'string', 'string'])
    : entryKinds.map(() => '');
  const heads = await Promise.all(
    kinds.map(async (kind) => ({
      kind,
      rows: await sources[kind](ctx, subject, {
        place: places[entryKinds.indexOf(kind)] ?? '',
        limit: limit + 1,
      }),
    })),
  );
  await recordLook(ctx, {
    action: 'look.timeline',
    subject: subject.id,
    detail: { level: subject.level, kinds },
  });
  const data: Entry[] = [];
  while (data.length < limit) {
    const next = newestHead(heads);
    const taken = next?.rows.shift();
    if (!next || !taken) break;
    const { place, ...entry } = taken;
    places[entryKinds.indexOf(next.kind)] = place;
    data.push(entry);
  }
  const isMore = heads.some(({ rows }) => rows.length > 0);
  return { data, next_cursor: isMore ? encodeCursor('timeline', places) : null };
}

type Head = { kind: EntryKind; rows: Placed[] };

const newestHead = (heads: readonly Head[]): Head | undefined =>
  heads
    .filter(({ rows }) => rows.length > 0)
    .toSorted((a, b) => (b.rows[0]?.at ?? '').localeCompare(a.rows[0]?.at ?? ''))[0];
