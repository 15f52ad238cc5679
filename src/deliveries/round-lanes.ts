import { inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Candidate, LeasedDelivery } from '#src/ports';
import type { PaceGrant, PaceReport } from './pacer.ts';
import { type TypesSent, typesOf } from './type-pace.ts';
import type { Outcome } from './work.ts';

/** What a round needs to know of a subscription. */
export type LaneRow = Pick<
  Candidate['subscription'],
  'id' | 'host' | 'endpoint' | 'maxPerSecond' | 'provenAt' | 'failingSince' | 'partnerId' | 'accountId'
>;
/** No outcome: nothing was tried, or the hub itself was at fault. `lateMs`: its type had to wait, for that long. */
export type Attempted = { delivery: LeasedDelivery; outcome: Outcome | null; lateMs?: number };

/** D1 binds at most 100 parameters a statement. */
const rowsPerRead = 90;

/** By the rows of now: what the directory remembers may be from before a failure began. */
export async function readLanes({ store }: Pick<Ports, 'store'>, ids: readonly string[]): Promise<LaneRow[]> {
  const { subscriptions: s } = store.tables;
  const rows: LaneRow[] = [];
  for (let at = 0; at < ids.length; at += rowsPerRead) {
    rows.push(
      ...(await store.db
        .select({
          id: s.id,
          host: s.host,
          endpoint: s.endpoint,
          maxPerSecond: s.maxPerSecond,
          provenAt: s.provenAt,
          failingSince: s.failingSince,
          partnerId: s.partnerId,
          accountId: s.accountId,
        })
        .from(s)
        .where(inArray(s.id, ids.slice(at, at + rowsPerRead)))),
    );
  }
  return rows;
}

export const targetOf = ({ endpoint }: Pick<LaneRow, 'endpoint'>): string =>
  endpoint.type === 'webhook' ? endpoint.url : JSON.stringify(endpoint);

/** Whose turns and buckets are theirs; as of a lane in a process (lane.ts). */
export const partyOf = ({ partnerId, accountId }: Pick<LaneRow, 'partnerId' | 'accountId'>): string =>
  partnerId ?? accountId ?? '';

export function groupByHost(rows: readonly LaneRow[]): Map<string, LaneRow[]> {
  const byHost = new Map<string, LaneRow[]>();
  for (const row of rows) {
    const known = byHost.get(row.host);
    if (known) known.push(row);
    else byHost.set(row.host, [row]);
  }
  return byHost;
}

/** A request was sent. */
const isBegun = ({ outcome }: Attempted): boolean => outcome !== null && outcome.advice !== null;

/** What the host's pacer learns of one lane's grant. */
export function reportOf(
  { lane, room, grantedAtMs }: PaceGrant,
  rows: ReadonlyMap<string, LaneRow>,
  attempted: readonly Attempted[],
): PaceReport {
  const row = rows.get(lane);
  const target = row ? targetOf(row) : '';
  const attempts = attempted.flatMap(({ delivery, outcome }) => {
    if (delivery.subscriptionId !== lane || !outcome || outcome.advice === null) return [];
    const { advice, succeeded, timedOut, candidate } = outcome;
    // What went to another address than was asked for tells nothing of this one.
    if (!candidate || targetOf(candidate.subscription) !== target) return [];
    return [{ succeeded, isOverload: advice === 'slow_down', timedOut }];
  });
  const begun = attempted.filter((one) => one.delivery.subscriptionId === lane && isBegun(one)).length;
  return { lane, target, grantedAtMs, room, begun, attempts };
}

/** What it learns of tenants and their types of event. */
export const sentOf = (rows: ReadonlyMap<string, LaneRow>, attempted: readonly Attempted[]): TypesSent =>
  typesOf(
    attempted.filter(isBegun).flatMap(({ delivery: { event, subscriptionId } }) => {
      const row = rows.get(subscriptionId);
      return row ? [{ party: partyOf(row), event }] : [];
    }),
  );
