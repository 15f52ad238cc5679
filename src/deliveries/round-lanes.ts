import { inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Candidate, LeasedDelivery } from '#src/ports';
import type { PaceGrant, PaceReport } from './pacer.ts';
import type { Outcome } from './work.ts';

/** What a round needs to know of a subscription. */
export type LaneRow = Pick<
  Candidate['subscription'],
  'id' | 'host' | 'endpoint' | 'maxPerSecond' | 'provenAt' | 'failingSince'
>;
/** Null: nothing was tried, or the hub itself was at fault. */
export type Attempted = { delivery: LeasedDelivery; outcome: Outcome | null };

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
        })
        .from(s)
        .where(inArray(s.id, ids.slice(at, at + rowsPerRead)))),
    );
  }
  return rows;
}

export const targetOf = ({ endpoint }: Pick<LaneRow, 'endpoint'>): string =>
  endpoint.type === 'webhook' ? endpoint.url : JSON.stringify(endpoint);

export function groupByHost(rows: readonly LaneRow[]): Map<string, LaneRow[]> {
  const byHost = new Map<string, LaneRow[]>();
  for (const row of rows) {
    const known = byHost.get(row.host);
    if (known) known.push(row);
    else byHost.set(row.host, [row]);
  }
  return byHost;
}

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
  const begun = attempted.filter(
    ({ delivery, outcome }) =>
      delivery.subscriptionId === lane && outcome !== null && outcome.advice !== null,
  ).length;
  return { lane, target, grantedAtMs, room, begun, attempts };
}
