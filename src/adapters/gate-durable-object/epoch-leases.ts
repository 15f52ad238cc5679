import type { D1Database } from '@cloudflare/workers-types';
import type { Ask, Standing } from '#src/ports';

/** No longer is anything believed that was read from the store: the bound of a revocation at the edge. */
export const leaseMs = 500;

type Lease = { value: number; isSuspended: boolean; untilMs: number };

export type EpochLeases = { standingOf(ask: Pick<Ask, 'epochs' | 'token'>): Promise<Standing> };

/** The epochs that one caller hangs on, read from the store, all in one query, whenever one of them has run out. */
export function createEpochLeases(db: D1Database): EpochLeases {
  const leases = new Map<string, Lease>();

  return {
    standingOf: async ({ epochs, token }) => {
      const carried = epochs.flatMap((snapshot) =>
        Object.entries(snapshot).map(([level, [id, value]]) => ({ id: `${level}:${id}`, value })),
      );
      // A token has a row there once it is revoked.
      const hangs = [...carried, { id: `token:${token.id}`, value: 0 }];
      await renew(hangs.map(({ id }) => id));
      let isSuspended = false;
      for (const { id, value } of hangs) {
        const lease = leases.get(id);
        if (!lease || lease.value > value) return 'revoked';
        isSuspended ||= lease.isSuspended;
      }
      return isSuspended ? 'suspended' : 'valid';
    },
  };

  async function renew(ids: string[]): Promise<void> {
    const nowMs = Date.now();
    if (ids.every((id) => (leases.get(id)?.untilMs ?? 0) > nowMs)) return;
    const { results } = await db
      .prepare(`SELECT id, value, suspended_at FROM epochs WHERE id IN (SELECT value FROM json_each(?))`)
      .bind(JSON.stringify(ids))
      .all<{ id: string; value: number; suspended_at: number | null }>();
    const rows = new Map(results.map((row) => [row.id, row]));
    // From when it was asked, not from when it was answered. A slower answer to an older question comes too late to count.
    for (const id of ids) {
      const row = rows.get(id);
      const untilMs = nowMs + leaseMs;
      if ((leases.get(id)?.untilMs ?? 0) > untilMs) continue;
      leases.set(id, { value: row?.value ?? 0, isSuspended: (row?.suspended_at ?? null) !== null, untilMs });
    }
  }
}
