import type { Ports } from '#src/context';
import type { Db } from '#src/ports';

/** One thing that was done. `detail` holds no secret and no personal data. */
export type AuditRow = {
  actor: string;
  action: string;
  subject: string;
  accountId?: string | null;
  requestId?: string | null;
  detail?: Record<string, unknown>;
};

/** The statement that goes into the same `write()` as the deed: neither is ever there without the other. */
export const recordAudit = (db: Db, { store, clock }: Pick<Ports, 'store' | 'clock'>, row: AuditRow) =>
  db.insert(store.tables.audit).values({
    at: clock.now(),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    accountId: row.accountId ?? null,
    requestId: row.requestId ?? null,
    detail: row.detail ?? {},
  });
