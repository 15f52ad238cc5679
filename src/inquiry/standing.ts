import { inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { EpochSnapshot } from '#src/store';
import type { Subject } from './levels.ts';

export type Epoch = {
  /** `grant:grt_01…` */
  of: string;
  /** What the subject carries; null where it is the subject's own. */
  carried: number | null;
  /** How often it was revoked. */
  now: number;
  suspendedAt: Date | null;
  reason: string | null;
};
export type Standing = {
  state: 'active' | 'suspended' | 'revoked';
  /** What makes it so: the widest level that is revoked, else the widest that is suspended. */
  because: Epoch | null;
  epochs: Epoch[];
};

const widestFirst = ['installation', 'partner', 'app', 'account', 'user', 'grant'] as const;

/** What the store says of the epochs that a subject carries, and of its own. */
export async function standingOf(
  { store }: Pick<Ports, 'store'>,
  snapshot: EpochSnapshot,
  own: Subject | null,
): Promise<Standing> {
  const carried = widestFirst.flatMap((level) => {
    const [id, value] = snapshot[level] ?? [null, 0];
    return id === null ? [] : [{ of: `${level}:${id}`, carried: value }];
  });
  const ownId = own && `${own.level}:${own.id}`;
  const asked: { of: string; carried: number | null }[] =
    ownId && carried.every(({ of }) => of !== ownId) ? [...carried, { of: ownId, carried: null }] : carried;
  const { epochs } = store.tables;
  const ids = asked.map(({ of }) => of);
  const rows = ids.length === 0 ? [] : await store.db.select().from(epochs).where(inArray(epochs.id, ids));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known = asked.map(({ of, carried: value }): Epoch => {
    const row = byId.get(of);
    return {
      of,
      carried: value,
      now: row?.value ?? 0,
      suspendedAt: row?.suspendedAt ?? null,
      reason: row?.reason ?? null,
    };
  });
  const revoked = known.find((epoch) => epoch.carried !== null && epoch.now > epoch.carried);
  const suspended = known.find((epoch) => epoch.suspendedAt !== null);
  return {
    state: revoked ? 'revoked' : suspended ? 'suspended' : 'active',
    because: revoked ?? suspended ?? null,
    epochs: known,
  };
}
