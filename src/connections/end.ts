import { and, desc, eq } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { type ConnectionRow } from './find.ts';

/** What became of a connection's credential. */
export type End = {
  endedAt: Date | null;
  reason: string | null;
  /** When our copy was destroyed; null: not yet. */
  shreddedAt: Date | null;
  /** What the vendor said; `manual`: only the user can take it back there. */
  vendor: 'revoked' | 'already' | 'manual' | 'later' | 'gone' | null;
};

/** The receipt of a disconnect, as the audit trail has it. */
export async function findEnd({ store }: Pick<Ctx, 'store'>, row: ConnectionRow): Promise<End> {
  const { audit } = store.tables;
  const [shred] = await store.db
    .select({ at: audit.at, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.subject, row.id), eq(audit.action, 'connection.shred')))
    .orderBy(desc(audit.position))
    .limit(1);
  const said = shred?.detail['vendor'];
  return {
    endedAt: row.revokedAt,
    reason: row.stateReason,
    shreddedAt: shred?.at ?? null,
    vendor: words.find((word) => word === said) ?? null,
  };
}

const words = ['revoked', 'already', 'manual', 'later', 'gone'] as const;
